"""Names of columns and words for paid, in many languages and in exports of other ticket shops.

Shops are pretix (exports of order positions and of a check-in list) and Eventbrite (attendee
report). In their files only their own names hold.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from eventdesk.core.folding import fold
from eventdesk.exchange.imports.plan import Field, Standing

_NAMES: Final[Mapping[Field, str]] = {
    Field.NAME: (
        "name, full name, attendee, attendee name, participant, guest, guest name, holder, "
        "ticket holder, person, vollständiger name, teilnehmer, teilnehmername, gast, "
        "nom complet, participant(e), nombre completo, nombre y apellidos, asistente, "
        "nome completo, partecipante, participante, naam, deelnemer, imię i nazwisko, "
        "uczestnik, namn, deltagare, navn, deltager, nimi, osallistuja, ad soyad, "
        "katılımcı, имя и фамилия, фио, участник, 氏名, お名前, 名前, 姓名, 이름, 성명, "
        "الاسم, الاسم الكامل, שם, שם מלא, नाम, όνομα, jméno"
    ),
    Field.GIVEN_NAME: (
        "first name, given name, forename, vorname, prénom, nombre, nome, voornaam, imię, "
        "förnamn, fornavn, etunimi, ad, isim, имя, 名, الاسم الأول, שם פרטי, keresztnév"
    ),
    Field.FAMILY_NAME: (
        "last name, surname, family name, nachname, familienname, nom, nom de famille, "
        "apellido, apellidos, cognome, sobrenome, achternaam, nazwisko, efternamn, "
        "etternavn, efternavn, sukunimi, soyad, soyadı, фамилия, 姓, اسم العائلة, "
        "שם משפחה, příjmení"
    ),
    Field.EMAIL: (
        "email, e mail, mail, email address, e mail address, mail address, contact email, "
        "attendee email, e mail adresse, emailadresse, mailadresse, courriel, "
        "adresse e mail, adresse mail, adresse électronique, correo, correo electrónico, "
        "posta elettronica, indirizzo email, e mailadres, adres e mail, e postadress, "
        "e post, sähköposti, e posta, электронная почта, почта, эл почта, メール, "
        "メールアドレス, 邮箱, 电子邮件, 電子郵件, 이메일, البريد الإلكتروني, "
        "דואר אלקטרוני, ईमेल"
    ),
    Field.TICKET_TYPE: (
        "ticket, ticket type, ticket name, ticket class, type, category, product, item, "
        "admission, ticketart, tickettyp, ticketkategorie, kategorie, karte, kartenart, "
        "produkt, billet, type de billet, tarif, catégorie, produit, entrada, "
        "tipo de entrada, categoría, biglietto, tipo di biglietto, categoria, bilhete, "
        "ingresso, tipo de ingresso, kaartje, soort ticket, bilet, typ biletu, "
        "rodzaj biletu, biljett, biljettyp, billett, lippu, lipputyyppi, bilet türü, "
        "билет, тип билета, チケット, 券種, 票种, 票種, 티켓, التذكرة, نوع التذكرة, כרטיס, "
        "टिकट"
    ),
    Field.VARIATION: ("variation, variant, variante"),
    Field.PRICE: (
        "price, ticket price, unit price, amount, preis, ticketpreis, einzelpreis, betrag, "
        "prix, montant, precio, importe, prezzo, importo, preço, valor, prijs, bedrag, "
        "cena, kwota, pris, belopp, beløp, hinta, fiyat, tutar, цена, стоимость, сумма, "
        "価格, 金額, 价格, 價格, 가격, السعر, מחיר, कीमत"
    ),
    Field.TOTAL: (
        "total, total paid, paid amount, amount paid, gesamt, summe, gesamtbetrag, "
        "total payé, total pagado, totale, totaal, razem, summa, toplam, итого, 合計, 总计"
    ),
    Field.CURRENCY: (
        "currency, currency code, währung, devise, moneda, valuta, moeda, waluta, "
        "para birimi, валюта, 通貨, 货币, العملة"
    ),
    Field.STATE: (
        "status, state, paid, payment status, payment state, order status, "
        "attendee status, bezahlt, zahlungsstatus, bestellstatus, statut, payé, "
        "statut de paiement, estado, pagado, estado del pago, stato, pagato, pago, "
        "betaald, betaalstatus, zapłacono, status płatności, betald, betalt, maksettu, "
        "durum, ödendi, статус, оплачено, оплата, 支払い状況, 付款状态, 결제 상태, الحالة"
    ),
    Field.ORDER: (
        "order, order code, order id, order number, order no, order #, booking, "
        "booking code, booking id, booking number, reference, booking reference, "
        "registration id, bestellung, bestellnummer, bestellcode, buchung, buchungsnummer, "
        "buchungscode, commande, numéro de commande, référence, pedido, número de pedido, "
        "ordine, numero ordine, bestelling, bestelnummer, zamówienie, numer zamówienia, "
        "beställning, bestilling, tilaus, sipariş, sipariş no, заказ, номер заказа, "
        "注文番号, 订单号, 訂單編號, 주문 번호, رقم الطلب"
    ),
    Field.POSITION: (
        "position, position id, position number, ticket number, ticket no, ticket id, "
        "attendee id, attendee no, positionsnummer, ticketnummer, numéro de billet, "
        "número de entrada, numero biglietto, номер билета"
    ),
    Field.TICKET_CODE: (
        "barcode, barcode number, bar code, qr code, qr, qr code data, ticket code, ticket secret, "
        "secret, ticket barcode, barcode id, ticket qr, security code, "
        "strichcode, ticketcode, code barres, code à barres, code qr, "
        "código de barras, código qr, codice a barre, codice qr, streepjescode, "
        "kod kreskowy, kod qr, streckkod, strekkode, stregkode, viivakoodi, barkod, "
        "штрихкод, штрих код, qr код, バーコード, qrコード, 条形码, 二维码, 바코드, "
        "الرمز الشريطي, ברקוד"
    ),
    Field.BOOKED_ON: (
        "date, order date, booking date, booked on, booked at, purchase date, created, "
        "created at, registered, registration date, datum, bestelldatum, buchungsdatum, "
        "date de commande, fecha, fecha de compra, data, data ordine, besteldatum, "
        "data zamówienia, beställningsdatum, tarih, дата, дата заказа, 注文日, 日期, 날짜, "
        "التاريخ"
    ),
    Field.BOOKED_AT: ("time, order time, bestellzeit, uhrzeit, heure, hora, ora, tijd"),
    Field.BUYER: (
        "buyer, buyer name, customer, customer name, purchaser, booked by, payer, käufer, "
        "besteller, kunde, rechnungsname, acheteur, client, comprador, cliente, "
        "acquirente, koper, klant, kupujący, köpare, покупатель, 購入者, 买家"
    ),
    Field.BUYER_GIVEN: ("buyer first name, purchaser first name, billing first name"),
    Field.BUYER_FAMILY: ("buyer last name, purchaser last name, billing last name"),
    Field.BUYER_EMAIL: (
        "buyer email, purchaser email, customer email, order email, billing email, "
        "e mail des käufers, käufer e mail, e mail de l'acheteur"
    ),
    Field.LINE_TWO: (
        "company, organization, organisation, affiliation, employer, institution, "
        "second line, badge line, firma, unternehmen, einrichtung, société, entreprise, "
        "organisme, empresa, organización, azienda, società, ente, organização, bedrijf, "
        "organisatie, organizacja, företag, bedrift, virksomhed, yritys, şirket, kurum, "
        "компания, организация, 会社, 所属, 公司, 单位, 회사, الشركة"
    ),
    Field.SEAT: (
        "seat, seat name, seat label, seat number, place, sitz, sitzplatz, platz, siège, "
        "asiento, posto, lugar, assento, stoel, miejsce, sittplats, sete, koltuk, место, "
        "座席, 座位, 좌석, المقعد"
    ),
    Field.COUNT: (
        "count, quantity, qty, tickets, number of tickets, ticket quantity, anzahl, menge, "
        "quantité, nombre de billets, cantidad, quantità, quantidade, aantal, ilość, "
        "antal, antall, määrä, adet, количество, 数量, 枚数, 수량, الكمية"
    ),
    Field.NOTE: (
        "note, notes, comment, comments, remark, remarks, order comment, notiz, bemerkung, "
        "kommentar, anmerkung, remarque, commentaire, nota, comentario, osservazioni, "
        "comentário, opmerking, uwagi, anteckning, not, комментарий, примечание, 備考, "
        "备注, 비고, ملاحظة"
    ),
    Field.ATTENTION: ("attention, check in text, checkin note, door note, hinweis"),
}

_WORDS: Final[Mapping[Standing, str]] = {
    Standing.PAID: (
        "paid, p, yes, y, true, 1, x, ok, complete, completed, attending, checked in, "
        "valid, confirmed, free, free order, bezahlt, ja, teilnehmend, payé, payée, oui, "
        "pagado, pagada, sí, pagato, pago, sim, betaald, zapłacono, tak, betald, betalt, "
        "kyllä, ödendi, evet, оплачен, оплачено, да, 支払い済み, 已付款, 결제 완료, مدفوع"
    ),
    Standing.PENDING: (
        "pending, n, no, false, 0, unpaid, open, not paid, awaiting payment, offen, "
        "unbezahlt, ausstehend, nein, en attente, impayé, non, pendiente, in attesa, "
        "non pagato, pendente, não, open staand, oczekuje, nie, obetald, ubetalt, "
        "maksamatta, ei, bekliyor, hayır, не оплачен, не оплачено, нет, 未払い, 未付款, "
        "غير مدفوع"
    ),
    Standing.GONE: (
        "canceled, cancelled, c, expired, e, refunded, not attending, deleted, void, "
        "storniert, abgelaufen, erstattet, annulé, annulée, remboursé, cancelado, "
        "cancelada, reembolsado, annullato, rimborsato, geannuleerd, anulowane, avbokad, "
        "avlyst, aflyst, peruttu, iptal, отменён, отменен, возврат, キャンセル, 已取消, "
        "취소, ملغى"
    ),
}


def _folded(words: str) -> list[str]:
    return [*map(fold, words.split(","))]


USUAL: Final[Mapping[str, Field]] = {
    name: field for field, names in _NAMES.items() for name in _folded(names)
}
"""Fields by the folded names of columns."""

STANDINGS: Final[Mapping[str, Standing]] = {
    word: standing for standing, words in _WORDS.items() for word in _folded(words)
}
"""States of a ticket by folded words."""

_SHOPS: Final[Sequence[tuple[str, Mapping[Field, str]]]] = (
    (
        "Order code, Position ID, Product",  # pretix, order positions
        {
            Field.ORDER: "Order code",
            Field.POSITION: "Position ID",
            Field.STATE: "Status",
            Field.BUYER_EMAIL: "Email",
            Field.BOOKED_ON: "Order date",
            Field.BOOKED_AT: "Order time",
            Field.TICKET_TYPE: "Product",
            Field.VARIATION: "Variation",
            Field.PRICE: "Price",
            Field.NAME: "Attendee name",
            Field.GIVEN_NAME: "Attendee name: Given name",
            Field.FAMILY_NAME: "Attendee name: Family name",
            Field.EMAIL: "Attendee email",
            Field.LINE_TWO: "Company",
            Field.TICKET_CODE: "Ticket secret, Secret",
            Field.SEAT: "Seat name",
            Field.NOTE: "Order comment",
            Field.ATTENTION: "Check-in text",
            Field.BUYER: "Invoice address name",
        },
    ),
    (
        # pretix, check-in list: its last columns are the address, where "State" is no state.
        "Order code, Attendee name, Product, Checked in",
        {
            Field.ORDER: "Order code",
            Field.NAME: "Attendee name",
            Field.GIVEN_NAME: "Attendee name: Given name",
            Field.FAMILY_NAME: "Attendee name: Family name",
            Field.TICKET_TYPE: "Product",
            Field.PRICE: "Price",
            Field.STATE: "Paid",
            Field.TICKET_CODE: "Secret",
            Field.EMAIL: "E-mail",
            Field.LINE_TWO: "Company",
            Field.BOOKED_ON: "Order date",
            Field.BOOKED_AT: "Order time",
            Field.NOTE: "Comment",
            Field.ATTENTION: "Check-in text",
            Field.SEAT: "Seat name",
        },
    ),
    (
        "Attendee Status, Ticket Type",  # Eventbrite, attendees
        {
            Field.ORDER: "Order #, Order ID, Order no.",
            Field.BOOKED_ON: "Order Date",
            Field.GIVEN_NAME: "First Name, Attendee first name",
            Field.FAMILY_NAME: "Last Name, Surname, Attendee Surname",
            Field.NAME: "Name",
            Field.EMAIL: "Email, Attendee email",
            Field.COUNT: "Quantity, Ticket quantity",
            Field.TICKET_TYPE: "Ticket Type",
            Field.POSITION: "Attendee #, Attendee no.",
            Field.TICKET_CODE: "Barcode #, Barcode no., Barcode",
            Field.CURRENCY: "Currency",
            Field.TOTAL: "Total Paid",
            Field.PRICE: "Ticket price",
            Field.STATE: "Attendee Status",
            Field.LINE_TWO: "Company",
            Field.BUYER_GIVEN: "Buyer First Name",
            Field.BUYER_FAMILY: "Buyer Last Name, Buyer Surname",
            Field.BUYER: "Buyer name",
            Field.BUYER_EMAIL: "Buyer Email",
            Field.NOTE: "Notes",
        },
    ),
)
"""The columns that tell a shop's export, and the names of its columns; the first match holds."""


def names_for(heading: tuple[str, ...]) -> Mapping[str, Field]:
    """Fields by folded names of columns, as the shop of this heading calls them."""
    folded = {fold(title) for title in heading}
    for signs, names in _SHOPS:
        if folded.issuperset(_folded(signs)):
            return {name: field for field, some in names.items() for name in _folded(some)}
    return USUAL
