"""Languages as BCP 47 writes them, and as people do.

The two-letter codes and their English names are those of ISO 639-1.
"""

import re
from typing import Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg

_NAMES: Final = """
aa Afar|ab Abkhazian|ae Avestan|af Afrikaans|ak Akan|am Amharic|an Aragonese|ar Arabic|as Assamese
av Avaric|ay Aymara|az Azerbaijani|ba Bashkir|be Belarusian|bg Bulgarian|bi Bislama|bm Bambara
bn Bengali|bo Tibetan|br Breton|bs Bosnian|ca Catalan|ce Chechen|ch Chamorro|co Corsican|cr Cree
cs Czech|cu Church Slavic|cv Chuvash|cy Welsh|da Danish|de German|dv Divehi|dz Dzongkha|ee Ewe
el Greek|en English|eo Esperanto|es Spanish|et Estonian|eu Basque|fa Persian|ff Fulah|fi Finnish
fj Fijian|fo Faroese|fr French|fy Western Frisian|ga Irish|gd Gaelic|gl Galician|gn Guarani
gu Gujarati|gv Manx|ha Hausa|he Hebrew|hi Hindi|ho Hiri Motu|hr Croatian|ht Haitian|hu Hungarian
hy Armenian|hz Herero|ia Interlingua|id Indonesian|ie Interlingue|ig Igbo|ii Sichuan Yi|ik Inupiaq
io Ido|is Icelandic|it Italian|iu Inuktitut|ja Japanese|jv Javanese|ka Georgian|kg Kongo|ki Kikuyu
kj Kuanyama|kk Kazakh|kl Kalaallisut|km Khmer|kn Kannada|ko Korean|kr Kanuri|ks Kashmiri|ku Kurdish
kv Komi|kw Cornish|ky Kyrgyz|la Latin|lb Luxembourgish|lg Ganda|li Limburgish|ln Lingala|lo Lao
lt Lithuanian|lu Luba-Katanga|lv Latvian|mg Malagasy|mh Marshallese|mi Maori|mk Macedonian
ml Malayalam|mn Mongolian|mr Marathi|ms Malay|mt Maltese|my Burmese|na Nauru|nb Norwegian Bokmål
nd North Ndebele|ne Nepali|ng Ndonga|nl Dutch|nn Norwegian Nynorsk|no Norwegian|nr South Ndebele
nv Navajo|ny Chichewa|oc Occitan|oj Ojibwa|om Oromo|or Oriya|os Ossetian|pa Punjabi|pi Pali
pl Polish|ps Pashto|pt Portuguese|qu Quechua|rm Romansh|rn Rundi|ro Romanian|ru Russian
rw Kinyarwanda|sa Sanskrit|sc Sardinian|sd Sindhi|se Northern Sami|sg Sango|si Sinhala|sk Slovak
sl Slovenian|sm Samoan|sn Shona|so Somali|sq Albanian|sr Serbian|ss Swati|st Southern Sotho
su Sundanese|sv Swedish|sw Swahili|ta Tamil|te Telugu|tg Tajik|th Thai|ti Tigrinya|tk Turkmen
tl Tagalog|tn Tswana|to Tonga|tr Turkish|ts Tsonga|tt Tatar|tw Twi|ty Tahitian|ug Uighur
uk Ukrainian|ur Urdu|uz Uzbek|ve Venda|vi Vietnamese|vo Volapük|wa Walloon|wo Wolof|xh Xhosa
yi Yiddish|yo Yoruba|za Zhuang|zh Chinese|zu Zulu
"""

LANGUAGES: Final = dict(
    entry.split(" ", 1) for line in _NAMES.split("\n") for entry in line.split("|") if entry
)
"""English names of the languages that have a code of two letters."""

_CODES: Final = {name.casefold(): code for code, name in LANGUAGES.items()}

_SHAPE: Final = re.compile(r"([A-Za-z]{2,3})((?:-[A-Za-z0-9]{2,8}){0,4})")


def language(text: str) -> str:
    """Take a language: a code such as `de` or `pt-BR`, or its English name; "" is none.

    Codes of three letters are taken as they are: there are thousands of them.

    >>> language("German"), language("PT-br"), language("gsw")
    ('de', 'pt-BR', 'gsw')

    Raises:
        InvalidInputError: It is neither.
    """
    typed = " ".join(text.split())
    if not typed:
        return ""
    if typed.casefold() in _CODES:
        return _CODES[typed.casefold()]
    shape = _SHAPE.fullmatch(typed)
    if shape is None or (len(shape[1]) == len("de") and shape[1].lower() not in LANGUAGES):
        raise InvalidInputError(
            msg("{typed!r} is no language.", typed=typed[:20]),
            hint=msg("Such as en, de, pt-BR, or its English name."),
        )
    parts = shape[2].split("-")[1:]
    return "-".join((shape[1].lower(), *(_cased(part) for part in parts)))


def _cased(part: str) -> str:
    """A region in capitals, a script with a capital, all else small, as BCP 47 recommends."""
    if len(part) == len("BR"):
        return part.upper()
    return part.title() if len(part) == len("Hant") and part.isalpha() else part.lower()
