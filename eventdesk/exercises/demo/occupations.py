"""Where the people of the demo come from and what they do there; invented, any likeness is luck."""

_NAMES = """Analytical Ångström Aurora Babylon Basalt Beacon Birch Blue_Heron Borealis Cedar Citadel
Cobalt Copper Coral Delta Ember Falcon Fjord Foxglove Gaia Granite Halcyon Harbour Helix Horizon
Indigo Ivory Juniper Kestrel Kiwi Lantern Larkspur Lumen Magnolia Meridian Métropole Monsoon Nimbus
Nordlicht Northwind Nova Océan Old_Mill Orchard Osprey Papaya Pelican Polaris Quartz Redwood
Río_Verde Saffron Sakura Savanna Señal Sierra Silver_Birch Solstice Sternwarte Sundial Tamarind
Tidewater Umbra Vega Violet Wadi Willow Yıldız Zenith Żagle"""

_KINDS = """Engines Systems Software Robotics Foods Textiles Logistics Energy Studios Press Games
Instruments Bank Insurance Railways Airlines Clinics Pharma Optics Architects Consulting Museum
Foundation Broadcasting Networks Printing_Works Ceramics Shipping Farms &_Daughters &_Sons Group
GmbH AB S.A. Sp._z_o.o. Ltd Cooperative Labs"""

_PLACES = """Ankara Bergen Bologna Cape_Town Chiang_Mai Coimbra Da_Nang Galway Ghent Gothenburg
Hyderabad Ibadan Isfahan Kyoto Kraków Leeds Ljubljana Lyon Malmö Mérida Nairobi Oulu Porto Pune
Rabat Reykjavík Riga São_Paulo Suzhou Tbilisi Thessaloniki Valparaíso Zürich Łódź"""

ORGANIZATIONS = tuple(
    f"{name} {kind}".replace("_", " ") for name in _NAMES.split() for kind in _KINDS.split()
)
UNIVERSITIES = tuple(
    f"{kind} {place}".replace("_", " ")
    for place in _PLACES.split()
    for kind in ("University of", "Polytechnic", "Academy of Arts")
)
TITLES = (
    *("Engineer", "Developer", "Designer", "Product Manager", "Researcher", "Analyst", "Editor"),
    *("Founder", "Head of Research", "Technical Writer", "Data Scientist", "Architect", "Teacher"),
    *("Systems Administrator", "Project Lead", "Consultant", "Librarian", "Accountant", "Buyer"),
    *("Chief Technology Officer", "Managing Director", "Sales Manager", "Test Engineer", "Nurse"),
    *("Art Director", "Translator", "Journalist", "Physicist", "Procurement", "Quality Manager"),
)
CREW_TASKS = (
    *("Registration", "Cloakroom", "Stage", "Sound", "Camera", "Catering", "Hall A", "Hall B"),
    *("First Aid", "Network", "Information", "Children's Room"),
)
