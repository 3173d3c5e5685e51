"""How people and other ticket shops call the columns of their files, and how they say paid.

The names of shops are those of the columns in pretix's exports of order positions and of a check-in
list, and in Eventbrite's attendee report. Where they mean something else by a name than everybody
else, theirs holds.
"""

from collections.abc import Mapping
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

USUAL: Final[Mapping[str, Field]] = {
    fold(name): field for field, names in _NAMES.items() for name in names.split(",")
}
"""Columns by their folded names."""

STANDINGS: Final[Mapping[str, Standing]] = {
    fold(word): standing for standing, words in _WORDS.items() for word in words.split(",")
}
"""How a ticket stands, by the folded word for it."""


PRETIX: Final[Mapping[str, Field]] = {
    "Order code": Field.ORDER,
    "Position ID": Field.POSITION,
    "Status": Field.STATE,
    "Email": Field.BUYER_EMAIL,
    "Order date": Field.BOOKED_ON,
    "Order time": Field.BOOKED_AT,
    "Product": Field.TICKET_TYPE,
    "Variation": Field.VARIATION,
    "Price": Field.PRICE,
    "Attendee name": Field.NAME,
    "Attendee name: Given name": Field.GIVEN_NAME,
    "Attendee name: Family name": Field.FAMILY_NAME,
    "Attendee email": Field.EMAIL,
    "Company": Field.LINE_TWO,
    "Ticket secret": Field.TICKET_CODE,
    "Secret": Field.TICKET_CODE,
    "Seat name": Field.SEAT,
    "Order comment": Field.NOTE,
    "Check-in text": Field.ATTENTION,
    "Invoice address name": Field.BUYER,
}
PRETIX_SIGNS: Final = ("Order code", "Position ID", "Product")

# Its last columns are the address, where "State" is no state of the order.
PRETIX_LIST: Final[Mapping[str, Field]] = {
    "Order code": Field.ORDER,
    "Attendee name": Field.NAME,
    "Attendee name: Given name": Field.GIVEN_NAME,
    "Attendee name: Family name": Field.FAMILY_NAME,
    "Product": Field.TICKET_TYPE,
    "Price": Field.PRICE,
    "Paid": Field.STATE,
    "Secret": Field.TICKET_CODE,
    "E-mail": Field.EMAIL,
    "Company": Field.LINE_TWO,
    "Order date": Field.BOOKED_ON,
    "Order time": Field.BOOKED_AT,
    "Comment": Field.NOTE,
    "Check-in text": Field.ATTENTION,
    "Seat name": Field.SEAT,
}
PRETIX_LIST_SIGNS: Final = ("Order code", "Attendee name", "Product", "Checked in")

EVENTBRITE: Final[Mapping[str, Field]] = {
    "Order #": Field.ORDER,
    "Order ID": Field.ORDER,
    "Order no.": Field.ORDER,
    "Order Date": Field.BOOKED_ON,
    "First Name": Field.GIVEN_NAME,
    "Attendee first name": Field.GIVEN_NAME,
    "Last Name": Field.FAMILY_NAME,
    "Surname": Field.FAMILY_NAME,
    "Attendee Surname": Field.FAMILY_NAME,
    "Name": Field.NAME,
    "Email": Field.EMAIL,
    "Attendee email": Field.EMAIL,
    "Quantity": Field.COUNT,
    "Ticket quantity": Field.COUNT,
    "Ticket Type": Field.TICKET_TYPE,
    "Attendee #": Field.POSITION,
    "Attendee no.": Field.POSITION,
    "Barcode #": Field.TICKET_CODE,
    "Barcode no.": Field.TICKET_CODE,
    "Barcode": Field.TICKET_CODE,
    "Currency": Field.CURRENCY,
    "Total Paid": Field.TOTAL,
    "Ticket price": Field.PRICE,
    "Attendee Status": Field.STATE,
    "Company": Field.LINE_TWO,
    "Buyer First Name": Field.BUYER_GIVEN,
    "Buyer Last Name": Field.BUYER_FAMILY,
    "Buyer Surname": Field.BUYER_FAMILY,
    "Buyer name": Field.BUYER,
    "Buyer Email": Field.BUYER_EMAIL,
    "Notes": Field.NOTE,
}
EVENTBRITE_SIGNS: Final = ("Attendee Status", "Ticket Type")


def _by_name(names: Mapping[str, Field]) -> Mapping[str, Field]:
    return {fold(name): field for name, field in names.items()}


def names_for(heading: tuple[str, ...]) -> Mapping[str, Field]:
    """The folded names that hold for a file, after what its heading tells of where it is from."""
    folded = {fold(title) for title in heading}
    if folded >= {fold(sign) for sign in PRETIX_SIGNS}:
        return _by_name(PRETIX)
    if folded >= {fold(sign) for sign in PRETIX_LIST_SIGNS}:
        return _by_name(PRETIX_LIST)
    if folded >= {fold(sign) for sign in EVENTBRITE_SIGNS}:
        return _by_name(EVENTBRITE)
    return USUAL
