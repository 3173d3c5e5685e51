"""Names as people of many languages write them.

Data only. Names stand in one string per language, the frequent ones first. Where a language
builds family names from parts, `stems` and `endings` are such parts: every stem goes with every
ending. `_` stands for a space inside a name. In a script other than Latin, each name carries its
Latin spelling after a colon.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tongue:
    """The names of one language."""

    share: int
    """How many people of a crowd have such names, in proportion to the other tongues."""

    given: str
    family: str
    stems: str = ""
    endings: str = ""
    family_names: int = 1
    """How many family names most people have."""

    family_first: bool = False
    joint: str = " "
    """What stands between the given and the family name."""


ENGLISH = Tongue(
    share=12,
    given="""James Mary John Sarah David Emma Michael Olivia Robert Emily William Grace Thomas
    Alice Daniel Charlotte George Lucy Henry Hannah Samuel Ruby Oliver Ada Jack Chloe Harry Freya
    Owen Rhys Siân Niamh Aoife Seán Ciarán Róisín Fiona Callum Isla Ewan""",
    family="""Smith Jones Williams Brown Taylor Davies Wilson Evans Thomas Johnson Roberts Walker
    Wright Robinson Thompson White Hughes Edwards Green Hall Wood Harris Lewis Martin Jackson
    Clarke Clark Turner Hill Scott Cooper Morris Ward Moore King Watson Baker Harrison Morgan Patel
    Young Allen Mitchell Phillips Lee Bell Parker Davis Bennett Miller Cook Shaw Cox Richardson
    Marshall Murphy O'Brien O'Connor Kelly Byrne Ryan Walsh Doyle McCarthy Gallagher McDonald
    MacLeod Campbell Stewart Fraser Murray Ferguson Hamilton Douglas Lovelace Hopper Turing
    Fletcher Mason Carter Hunt Fox Knight Chapman Ellis Webb Rogers Gray Reid Barnes Palmer Lloyd
    Butler Gibson Hudson Spencer Grant Stone Pearce Burton Harvey Armstrong Lawrence Payne
    Cunningham Francis Nicholson Atkinson Hawkins Dixon Hart Freeman Lambert Dean Fuller Holt Kaye
    Lovell Penrose Quigley Sinclair Tomlinson Vaughan Whitaker Yates Pugh Gwyn Llewellyn
    Ó_Súilleabháin Ní_Dhomhnaill""",
    stems="""Ash Bark Beck Black Bram Brad Brook Burn Chal Cold Copper Cran Crow Dal Dun East Elm
    Farn Field Gold Hart Hather Haw Hazel Hol Kings Lang Lin Long Mal Mar Mel Mill Moor Nor Oak Pem
    Ray Red Rush Sand Shel Stan Stock Strat Sut Thorn Wal Wether Whit Win Wood Wyn York""",
    endings="""ton ley ford field worth well ham bury bridge brook combe cote croft dale den gate
    grave hurst land man more shaw stead stone stow thorpe wick""",
)

GERMAN = Tongue(
    share=9,
    given="""Anna Lukas Maria Felix Lena Jonas Laura Paul Julia Maximilian Katharina Leon Sophie
    Tobias Johanna Jan Lisa Florian Miriam Stefan Jürgen Käthe Björn Jörg Günther Ursula Heike
    Matthias Frieda Emil Greta Moritz Charlotte Hannes Ulrike Sebastian Antje Götz Mareike Till""",
    family="""Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer
    Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann
    Lange Schmitt Werner Schmitz Krause Meier Lehmann Schmid Schulze Maier Köhler Herrmann König
    Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel
    Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster
    Simon Ludwig Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß
    Seidel Heinrich Brandt Haas Schreiber Graf Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch
    Bergmann Thomas Voigt Sauer Arnold Wolff Pfeiffer Zuse Ackermann Bach Bender Blum Böttcher
    Bruns Conrad Decker Diehl Ebert Fiedler Förster Fritz Geiger Gerlach Götz Heinze Hesse Jahn
    Janßen Kirchner Kurz Lutz Marx Mertens Nagel Oswald Paul Rau Reinhardt Ritter Rudolph Schultz
    Thiel Ulrich Wendt Witt Zander Ostermann Petersen""",
    stems="""Adels Alten Birken Blumen Breiten Buchen Dannen Eber Eichen Eisen Engel Erlen Falken
    Finken Frauen Fried Gold Grün Hasel Hecken Heiden Hirsch Hohen Kirch Krähen Kreuz Linden Löwen
    Mühl Neuen Nieder Ober Rauten Reichen Rosen Roten Sand Schön Silber Stein Sternen Tannen Wald
    Weiden Weißen Wiesen Winter Wolfs""",
    endings="""bach bauer baum beck berg berger brink brunn burg dorf dorfer eck egger feld felder
    fels furt hagen hain hammer haus hausen heim hof hofer horst kamp mann mayer moser müller
    reuter rieder stätter stedt stein thal wald weiler""",
)

FRENCH = Tongue(
    share=7,
    given="""Camille Louis Léa Hugo Chloé Jules Manon Gabriel Inès Raphaël Zoé Théo Élise Mathis
    Noémie Rémi Anaïs François Hélène Jérôme Aurélie Étienne Sylvie Benoît Océane Loïc Margaux Gaël
    Maëlys Cédric Célestin Adèle Joël Éloïse Thierry Amélie Solène Yann""",
    family="""Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent
    Lefebvre Michel Garcia David Bertrand Roux Vincent Fournier Morel Girard André Lefèvre Mercier
    Dupont Lambert Bonnet François Martinez Legrand Garnier Faure Rousseau Blanc Guérin Müller
    Henry Roussel Nicolas Perrin Morin Mathieu Clément Gauthier Dumont Lopez Fontaine Chevalier
    Robin Masson Sanchez Gérard Nguyen Boyer Denis Lemaire Duval Joly Gautier Roger Roche Roy Noël
    Meyer Lucas Meunier Jean Pérez Marchand Dufour Blanchard Marie Barbier Brun Dumas Brunet
    Schmitt Leroux Colas Rivière Hénaff Kermarrec Le_Goff Tremblay Gagnon Côté Bouchard Lavoie
    Pelletier Bélanger Lévesque Bergeron""",
    stems="""Beau Belle Bon Bois Champ Château Clair Cour Fontaine Grand Haute Mont Moulin Petit
    Pierre Pré Puy Roche Rouge Saint Val Vaux Vert Ville""",
    endings="""bert brun champ clair court fils fleury fond fort lac lieu mare marie martin mont
    pas pierre pont pré rieux roy sol val vallon vigne ville voix""",
)

SPANISH = Tongue(
    share=7,
    family_names=2,
    given="""María José Carmen Antonio Lucía Javier Sofía Carlos Valentina Diego Camila Andrés
    Martina Alejandro Paula Sebastián Daniela Joaquín Inés Íñigo Ximena Raúl Belén Óscar Jesús
    Rocío Álvaro Begoña Iñaki Núria Jordi Xavier Guadalupe Emiliano Renata Matías""",
    family="""García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez
    Ruiz Hernández Díaz Moreno Muñoz Álvarez Romero Alonso Gutiérrez Navarro Torres Domínguez
    Vázquez Ramos Gil Ramírez Serrano Blanco Molina Morales Suárez Ortega Delgado Castro Ortiz
    Rubio Marín Sanz Núñez Iglesias Medina Garrido Cortés Castillo Santos Lozano Guerrero Cano
    Prieto Méndez Cruz Calvo Gallego Vidal León Márquez Herrera Peña Flores Cabrera Campos Vega
    Fuentes Carrasco Diez Caballero Reyes Nieto Aguilar Pascual Santana Herrero Lorenzo Montero
    Hidalgo Giménez Ibáñez Ferrer Durán Santiago Benítez Mora Vicente Vargas Arias Carmona Crespo
    Román Pastor Soto Sáez Velasco Moya Soler Parra Esteban Bravo Gallardo Rojas Quispe Mamani
    Huamán""",
    stems="""Agirre Alda Arana Arri Azka Bara Bela Beren Boli Egui Elor Erre Etxe Gali Gara Goiko
    Iba Idoia Iri Itur Jaure Lan Larra Leza Mendi Mugu Oia Olaza Ola Oro Otxo Sala Soro Txurru Ugal
    Urru Uri Zabal Zubi Zume""",
    endings="""be bide beltz berri buru etxea gaña garai garay goiti gorri guren larrea lde mendi
    nagusia ondo rain rte solo tegi txo txu tza zabal zar zubi""",
)

PORTUGUESE = Tongue(
    share=3,
    family_names=2,
    given="""João Maria Ana Pedro Beatriz Tiago Inês Gonçalo Mariana Rafael Conceição Luís Letícia
    Thiago Júlia Vinícius Débora Caio Luíza Fábio Sónia Nuno Fátima Otávio Cecília""",
    family="""Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Jesus Sousa Fernandes
    Gonçalves Gomes Lopes Marques Alves Almeida Ribeiro Pinto Carvalho Teixeira Moreira Correia
    Mendes Nunes Soares Vieira Monteiro Cardoso Rocha Raposo Neves Coelho Cruz Cunha Pires Ramos
    Reis Simões Antunes Matos Fonseca Machado Araújo Barbosa Tavares Lourenço Castro Figueiredo
    Azevedo Freitas Magalhães Henriques Lima Guerreiro Baptista Pinheiro Faria Miranda Barros
    Morais Nogueira Esteves Anjos Baía Branco Brito Campos Andrade Assunção Bragança Queirós Leitão
    Brandão Galvão Falcão Romão Seixas Vasconcelos Sequeira Nóbrega""",
)

ITALIAN = Tongue(
    share=4,
    given="""Giulia Francesco Sofia Alessandro Aurora Lorenzo Chiara Matteo Martina Leonardo
    Francesca Andrea Giorgia Davide Elena Niccolò Beatrice Luca Alice Tommaso Noemi Salvatore
    Ludovica Giosuè Immacolata Renzo""",
    family="""Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo
    Conti Costa Giordano Mancini Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani Rinaldi
    Caruso Ferrara Galli Martini Leone Longo Gentile Martinelli Vitale Lombardo Serra Coppola
    Marchetti Parisi Villa Conte Ferraro Ferri Fabbri Bianco Marini Grasso Valentini Messina Sala
    Gatti Pellegrini Palumbo Sanna Farina Rizzi Monti Cattaneo Morelli Amato Silvestri Mazza Testa
    Grassi Pellegrino Carbone Giuliani Benedetti Barone Rossetti Caputo Montanari Guerra Palmieri
    Bernardi Martino Fiore Ferretti Bellini Basile Riva Donati Piras Vitali Battaglia Sartori Neri
    Costantini Milani Pagano Ruggiero Sorrentino Orlando Negri Volta Marconi Agostini Bassi
    Calabrese Damico De_Luca De_Santis Di_Stefano Fumagalli Guidi Lazzari Mariotti Nardi Olivieri
    Poli Quaranta Romeo Salvi Tedesco Ughi Ventura Zanetti""",
    stems="""Albert Ambros Angel Bald Bard Barn Bell Ben Bertol Bocc Bon Bors Brun Calv Camp Cant
    Capp Carl Cast Cavall Cecc Cerv Col Corr Dard Fabr Fald Ferr Filipp Fior Franc Gall Gasp
    Gherard Giov Guid Lamb Land Laur Magn Mart Mor Nicol Pald Pasqual Petr Rain Sant Tom Zan""",
    endings="""accio aldi ani anti ardi arelli aro asi ato atti azzi elli ello eri eschi essi etti
    iani ieri igni ini ino oli oni otti ucci uzzi""",
)

POLISH = Tongue(
    share=6,
    given="""Zofia Jakub Julia Antoni Zuzanna Jan Hanna Szymon Maja Franciszek Małgorzata Łukasz
    Agnieszka Paweł Katarzyna Michał Joanna Stanisław Bożena Wojciech Elżbieta Krzysztof Róża
    Grzegorz Świętosława Mścisław Żaneta Bogdan Jadwiga Przemysław Wisława Zbigniew""",
    family="""Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański
    Woźniak Dąbrowski Kozłowski Jankowski Mazur Wojciechowski Kwiatkowski Krawczyk Kaczmarek
    Piotrowski Grabowski Zając Pawłowski Michalski Król Wieczorek Jabłoński Wróbel Nowakowski
    Majewski Olszewski Stępień Malinowski Jaworski Adamczyk Dudek Nowicki Pawlak Górski Witkowski
    Walczak Sikora Baran Rutkowski Michalak Szewczyk Ostrowski Tomaszewski Pietrzak Zalewski
    Wróblewski Marciniak Jasiński Zawadzki Bąk Jakubowski Sadowski Duda Włodarczyk Wilk Chmielewski
    Borkowski Sokołowski Szczepański Sawicki Kucharski Lis Maciejewski Kubiak Kalinowski Mazurek
    Wysocki Kołodziej Kaźmierczak Czarnecki Sobczak Konieczny Urban Głowacki Wasilewski Zakrzewski
    Krupa Sikorski Laskowski Ziółkowski Gajewski Mróz Szulc Makowski Brzeziński Kaczmarczyk
    Przybylski Cieślak Błaszczyk Chrząszcz Skłodowski Lem Andrzejewski Banasiak Chojnacki Dziedzic
    Filipek Gołębiowski Hałas Janik Kurek Leszczyński Milewski Niemczyk Orłowski Podgórski Rybak
    Skiba Tkaczyk Urbaniak Wierzbicki Żak""",
    stems="""Bach Bał Barto Bed Bełch Biel Bog Bor Brod Brzo Buł Chro Cich Czap Czer Dob Dęb Drob
    Fil Gaw Gło Gol Grab Gra Hal Jag Jar Jur Kal Kar Kop Kost Kras Krzy Kuk Lech Lip Łab Łu Maj Mat
    Mich Młod Mus Nied Ol Paw Piel Rad Rog Rud Sad Ser Sko Sob Stan Tar Tom Waw Wit Zab Żur""",
    endings="""aczek acki alski ański arek arski asik aszek atowski awski czak ecki eczko elski
    ewicz iak ica icki iewicz iński isz kowiak kowski lewski niak nicki nik nowicz nowski ocki oń
    oszek owiak owicz owiec""",
)

CZECH = Tongue(
    share=2,
    given="""Jana Jiří Tereza Petr Eliška Tomáš Kateřina Ondřej Věra Václav Růžena Zdeněk Ľubica
    Matúš Lenka Miloš Žofie Vojtěch Šárka Radek""",
    family="""Novák Svoboda Novotný Dvořák Černý Procházka Kučera Veselý Horák Němec Pokorný Marek
    Pospíšil Hájek Jelínek Král Růžička Beneš Fiala Sedláček Doležal Zeman Kolář Navrátil Čermák
    Vaněk Urban Blažek Kříž Kovář Kratochvíl Bartoš Vlček Polák Musil Kopecký Šimek Konečný Malý
    Čech Kadlec Štěpánek Staněk Holub Šťastný Soukup Mareš Sýkora Moravec Vávra Tichý Valenta Bureš
    Ševčík Hruška Mašek Dušek Hrubý Říha Toman Kováč Horváth Baláž Tóth Molnár Lukáč Gajdoš Hudák
    Oravec Čapek""",
    stems="""Ada Bar Bedn Ber Bla Bo Buch Ci Dan Dol Dra Fra Ha Hla Hol Hor Hra Hu Ja Ka Kla Kol
    Kou Kra Ku La Li Lo Ma Mi Mra Ne Pa Pe Po Ro Sko Sla Sme Sto Tra Va Vo Za Ze""",
    endings="""báč bek bík ček čík dek diška dra háč chal jda káč lák leček lec lík lina man mek
    náček nek nda rda ráček rtoš sek šek šta tička vec vlík vrátil žák""",
)

UKRAINIAN = Tongue(
    share=3,
    given="""Olena Andriy Oksana Taras Kateryna Bohdan Natalia Dmytro Yuliia Serhiy Lesia Volodymyr
    Iryna Oleksandr Solomiya Mykola Darya Ivan Anastasia Vasyl Nadiya Ostap""",
    family="""Melnyk Shevchenko Kovalenko Bondarenko Boyko Tkachenko Kravchenko Kovalchuk Koval
    Oliynyk Shevchuk Polishchuk Lysenko Bondar Moroz Marchenko Tkachuk Savchenko Rudenko Petrenko
    Pavlenko Klymenko Ivanov Petrov Sidorov Smirnov Kuznetsov Popov Vasiliev Sokolov Mikhailov
    Fedorov Morozov Volkov Alekseev Lebedev Semenov Egorov Pavlov Kozlov Stepanov Nikolaev Orlov
    Andreev Makarov Nikitin Zakharov Zaitsev Soloviev Borisov Yakovlev Grigoriev Romanov Vorobyov
    Sergeev Kuzmin Frolov Aleksandrov Dmitriev Korolev Gusev Kiselev Ilyin Maksimov Polyakov
    Hrytsenko Vovk Hnatyuk Mazepa Franko""",
    stems="""Anton Artem Bab Bily Bohdan Bor Chorn Danyl Demyan Dov Fedor Fom Hal Havryl Honch Hor
    Hryhor Ihnat Ivan Karp Khom Kost Kras Kuz Levch Luk Lut Maks Mart Matv Mosk Nest Nykol Ostap
    Pan Petr Pryl Roman Sam Semen Serh Stef Step Sydor Tar Tym Vas Vern Yakov Yarem Zakhar""",
    endings="""aichuk ak anenko aniuk as chak chenko chuk chyk echko eiko enchuk enko enyk ets iak
    iienko iichuk ik iuk iv ivskyi ka ko oshchuk ovych uk un yk ylo yshyn yuk""",
)

DUTCH = Tongue(
    share=3,
    given="""Daan Emma Sem Saar Bram Lotte Lars Sanne Thijs Femke Joris Anouk Maarten Marijke Gijs
    Ruben Noor Fleur Koen Zoë Renée Loïs Jasmijn""",
    family="""Jansen Bakker Visser Smit Meijer Mulder Bos Vos Peters Hendriks Dekker Brouwer
    Dijkstra Smits Kramer Kok Jacobs Vermeulen Schouten Willems Hoekstra Koster Verhoeven Prins
    Huisman Postma Kuiper Veenstra Kuipers Bosman Scholten Peeters Maes Claes Goossens Wouters
    De_Smet De_Clercq Van_Dijk Van_den_Berg Van_der_Meer De_Vries De_Jong De_Boer De_Groot
    Van_Leeuwen Van_der_Linden Timmermans Segers Aerts Lemmens Pauwels Coppens Mertens""",
    stems="""Berk Bloem Boer Boom Dijk Donk Duin Ever Gras Groen Haak Heide Hoek Hof Hout Kamp Kerk
    Klaver Kool Krom Lind Lonne Meer Molen Nieuw Noord Ooster Pol Ramp Riet Roos Schaap Slag Stein
    Ten Veld Veen Vlas Water Wester Wind Zand Zee Zuid""",
    endings="""aard beek bergen bos broek burg daal dam donk drecht haven hof horst huis huizen
    kamp man meijer mans rode schot sma stra veen veld weg winkel wijk zicht""",
)

NORDIC = Tongue(
    share=5,
    given="""Lars Anna Erik Ingrid Anders Karin Bjørn Astrid Søren Maja Jørgen Freja Åsa Magnus
    Øyvind Solveig Håkon Sigrid Göran Märta Kåre Torbjörn Linnéa Nils Birgitta Åge Pernille Sølvi
    Mikkel Ása Bárður""",
    family="""Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen
    Johnsen Pettersen Eriksen Berg Haugen Hagen Johannessen Andreassen Jacobsen Dahl Jørgensen
    Halvorsen Henriksen Lund Nielsen Christensen Rasmussen Sørensen Petersen Madsen Kristensen
    Olesen Thomsen Møller Knudsen Mortensen Østergaard Kjær Nørgaard Bjerregaard Johansson
    Andersson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson
    Jonsson Jansson Hansson Bengtsson Jönsson Lindberg Jakobsson Magnusson Lindström Lindqvist
    Lindgren Axelsson Bergström Lundberg Lundgren Mattsson Berglund Fredriksson Sandberg Sjöberg
    Forsberg Sjögren Wallin Engström Danielsson Håkansson Lundin Åberg Öberg Ångström""",
    stems="""Ahl Alm Asp Bäck Berg Björk Blom Boström Bro Dal Edel Ek Eng Fager Fors Gran Grön Hag
    Hall Hed Hell Holm Kvarn Lager Lind Ljung Löf Lund Malm Mo Norr Ny Nord Ros Rosen Sand Sjö Skog
    Söder Stål Ström Sund Väster Wall Wester Wik Åker Ång Öster""",
    endings="""ander berg blad borg dahl falk feldt gren gård hammar holm klint kvist lander lind
    löf lund man mark qvist rot sjö skog stedt strand ström sten vall vik""",
)

ICELANDIC = Tongue(
    share=1,
    given="""Guðrún Jón Anna Sigurður Kristín Guðmundur Sigríður Gunnar Margrét Ólafur Helga Einar
    Björk Magnús Þórdís Kristján Ásta Þorsteinn Katrín Ægir Eyþór Hrafnhildur""",
    family="Briem Thorlacius Hansen Blöndal Möller Zoëga Thorarensen Nordal Laxness Hafstein",
    stems="""Alberts Andrés Arnars Arnórs Axels Baldurs Bergs Birgis Bjarka Bjarna Björns Braga
    Daníels Davíðs Egils Einars Eiríks Elías Finns Friðriks Garðars Gests Gísla Grétars Guðjóns
    Guðmunds Gunnars Gylfa Halldórs Hannesar Haralds Hauks Helga Hilmars Hjartar Ingólfs Ívars
    Jakobs Jóhanns Jóns Karls Kjartans Kristjáns Leifs Magnúsar Odds Ólafs Óskars Páls Péturs
    Ragnars Reynis Rúnars Sigurðar Skúla Snorra Stefáns Steins Sveins Tómasar Trausta Unnars Vals
    Viðars Þórðar Þórs Þorsteins Ægis Örvars""",
    endings="son dóttir",
)

FINNISH = Tongue(
    share=2,
    given="""Aino Eero Helmi Juhani Eeva Mikko Päivi Väinö Sanna Jukka Outi Pekka Tuula Hännu
    Ilmari Kaisa Jyrki Säde Yrjö Anneli""",
    family="""Korhonen Virtanen Mäkinen Nieminen Mäkelä Hämäläinen Laine Heikkinen Koskinen
    Järvinen Lehtonen Lehtinen Saarinen Salminen Heinonen Niemi Heikkilä Kinnunen Salonen Turunen
    Salo Laitinen Tuominen Rantanen Karjalainen Jokinen Mattila Savolainen Lahtinen Ahonen Tamm
    Saar Sepp Mägi Kask Kukk Rebane Ilves Pärn Koppel Õunapuu Bērziņš Kalniņš Ozoliņš Jansons
    Liepiņš Krūmiņš Kazlauskas Jankauskas Petrauskas Stankevičius Vasiliauskas Žukauskas Butkus""",
    stems="""Aho Ala Ete Haapa Heikki Heino Hirvi Honka Hyvä Ilo Joki Kangas Karhu Kaski Kivi Koivu
    Kokko Koski Kuusi Laakso Lahti Lampi Lehto Leppä Mäki Metsä Mieli Musta Niitty Ojan Paju Pelto
    Pohja Puro Pyy Raja Ranta Ruoho Saari Salo Suo Tammi Tuomi Uusi Vaara Vuori Ylä""",
    endings="""harju joki järvi kallio kangas koski la lahti lainen laakso lampi mäki maa niemi nen
    pelto pää ranta saari salo suo talo vaara virta vuori""",
)

GREEK = Tongue(
    share=2,
    given="""Maria Giorgos Eleni Dimitris Katerina Kostas Sofia Nikos Vasiliki Yannis Ioanna
    Stavros Δήμητρα:Dimitra Γιώργος:Giorgos Ελένη:Eleni Νίκος:Nikos Άννα:Anna""",
    family="""Samaras Vlachos Angelopoulos Nikolaidis Georgiou Oikonomou Vasileiou Makris
    Karagiannis Dimas Pappas Kyriakou Christou Antoniou Ioannou Konstantinou Economou Raptis
    Galanis Markou Παπαδόπουλος:Papadopoulos Δημητρίου:Dimitriou Κωνσταντίνου:Konstantinou
    Βλάχος:Vlachos""",
    stems="""Alex Anagnost Anast Andre Angel Anton Apost Argyr Athan Chatz Christ Dim Diamant Efth
    Fot Gavr Georg Giann Hatz Iliad Kalog Kapet Karam Karydh Kokk Kont Kosm Kyri Lazar Leont Makr
    Manol Marg Mavr Mich Nik Pan Papad Pavl Petr Sarant Spyr Stam Stath Theod Tsak Vas Xen Zach""",
    endings="""adakis akis akos akou alas allis aras atos elis ellis iadis idis ikos inos iotis
    odakis opoulos opoulou oudis oulas oulis ousis""",
)

HUNGARIAN = Tongue(
    share=2,
    family_first=True,
    given="""Anna László Éva István Zsófia József Katalin Gábor Erzsébet Zoltán Ágnes Attila Réka
    Bálint Ildikó Győző Örs Tünde Lőrinc Csilla""",
    family="""Nagy Kovács Tóth Szabó Horváth Varga Kiss Molnár Németh Farkas Balogh Papp Takács
    Juhász Lakatos Mészáros Oláh Simon Rácz Fekete Szilágyi Török Fehér Balázs Gál Kis Szűcs Kocsis
    Pintér Fodor Orsós Szalai Sipos Magyar Lukács Gulyás Bíró Király László Katona Jakab Bogdán
    Boros Fazekas Kelemen Váradi Antal Somogyi Orosz Fülöp Veres Vincze Budai Hegedűs Deák Pap
    Bálint Pál Illés Szőke Vörös Lengyel Bognár Bodnár Neumann Rubik""",
)

BALKAN = Tongue(
    share=3,
    given="""Ivana Marko Jelena Nikola Ana Luka Milica Stefan Željko Snežana Đorđe Živka Mirjana
    Dragan Ioana Andrei Ștefan Mihaela Țvetan Gheorghe Răzvan Ilinca""",
    family="""Horvat Kovačić Babić Marić Jurić Novak Kovačević Vuković Knežević Marković Petrović
    Jovanović Nikolić Ilić Đorđević Pavlović Stojanović Živković Popa Ionescu Popescu Radu Dumitru
    Stan Stoica Gheorghe Rusu Munteanu Moldovan Ciobanu Șerban Lazăr Țurcanu Brâncuși Georgiev
    Dimitrov Ivanov Petrov Todorov Stoyanov Hoxha Shehu Çela Gjoka Tesla""",
    stems="""Andri Anti Bogda Božo Brat Bud Dami Dani Dmitr Drag Duš Filip Gavril Grig Ilij Ivan
    Jak Jank Jovan Krst Laz Luk Maks Mar Mat Mihajl Mil Milad Milan Miloš Mirk Nikš Obrad Ostoj Pav
    Per Rad Radoj Raš Sav Sim Stank Stev Tad Todor Tom Vas Vel Vlad Vuj Zdrav Živ""",
    endings="""aković anović ašević ašković ačić ečić ekić elić enović escu ešić eanu evac evski
    ičić inac inić ojević ojić ojčić oljub onjić ovac ović ovski učić uković ulović uljić ušić""",
)

EUROPEAN = (
    ENGLISH, GERMAN, FRENCH, SPANISH, PORTUGUESE, ITALIAN, POLISH, CZECH, UKRAINIAN,
    DUTCH, NORDIC, ICELANDIC, FINNISH, GREEK, HUNGARIAN, BALKAN,
)  # fmt: skip


TURKISH = Tongue(
    share=5,
    given="""Ayşe Mehmet Fatma Mustafa Zeynep Ahmet Elif Ali Emine Hüseyin Hatice İbrahim Merve
    Çağrı Özlem Gökhan Şule Yiğit Gülşen Oğuzhan Işıl Ümit Tuğba Barış Ebru Kıvanç""",
    family="""Yılmaz Kaya Demir Çelik Şahin Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan
    Kılıç Aslan Çetin Kara Koç Kurt Özkan Şimşek Polat Korkmaz Çakır Erdoğan Yavuz Can Acar Şen
    Aktaş Güler Yalçın Güneş Bozkurt Bulut Keskin Ünal Turan Gül Özer Işık Kaplan Avcı Sarı
    Tekin Taş Köse Yüksel Ateş Aksoy Bayram Uçar Uysal Duman Coşkun Tunç Güngör Karaca Ceylan
    Sönmez İnce Ekinci Mamedov Aliyev Hüseynov Quliyev Həsənov Əliyeva""",
    stems="""Ak Al Ay Balta Bay Boz Çam Çelik Çoban Dağ Demir Deniz Dur Er Ger Gök Gül Gün İlk
    Kahraman Kara Kaya Kılıç Kırım Koca Kork Kurt Mert Oğuz Öz Sarı Soy Şah Taş Tek Temir Tok
    Top Tuğ Tun Tur Türk Ulu Us Yağ Yal Yeşil Yıl Yol Yurt""",
    endings="""alp altın ay baş batur bay bulut bey çelik çi dağ demir doğan er han kal kan
    kaya kılıç kol kurt maz oğlu sal soy su şen taş tekin türk yiğit yurt""",
)

ARABIC = Tongue(
    share=4,
    given="""Mohammed Fatima Ahmed Aisha Omar Layla Youssef Mariam Khalid Noor Hassan Salma
    Ibrahim Zainab Karim Yasmine Tariq Huda Samir Rania Bilal Amina Nadia Rashid Ṣafiyya Ḥamza""",
    family="""Hassan Ali Ahmed Khalil Haddad Khoury Mansour Nasser Saleh Ibrahim Hamdan Farah
    Aziz Sabbagh Qasim Rahman Said Yousef Zaki Bakr Darwish Fawzi Ghanem Halabi Jaber Kassem
    Lahoud Maalouf Najjar Odeh Qureshi Rashed Shaheen Tawfik Wahba Yassin Zidan Benali Bouzid
    Cherif Djebbar Haddadi Idrissi Kaddour Lamrani Mansouri Naciri Ouali Rachidi Slimani Tazi
    Ziani Alaoui Bensalah""",
    stems="""Al-Bagh Al-Bas El-Fas Al-Ghaz Al-Ham Al-Har Al-Jaz Al-Kur Al-Mas Al-Naj Al-Qas
    Al-Rash El-Sab Al-Sham Al-Tam El-Wah Al-Yam Al-Zahr Ben-Am Ben-Az Ben-Char Ben-Mous Ben-Sal
    Bou-Am Bou-Hal Bou-Kar Bou-Sel Bou-Tal Abu-Bak Abu-Far Abu-Nas Abu-Sal""",
    endings="""ani awi dadi ef far hal ib idi iri kouk man mari nawi omi ouche our qawi ran
    rawi saoui sari shidi tani wani zawi zoug""",
)

ARABIC_SCRIPT = Tongue(
    share=1,
    given="""محمد:Mohammed فاطمة:Fatima أحمد:Ahmed عائشة:Aisha عمر:Omar ليلى:Layla يوسف:Youssef
    مريم:Mariam خالد:Khalid نور:Noor حسن:Hassan سلمى:Salma""",
    family="""حسن:Hassan علي:Ali الخليل:Khalil حداد:Haddad خوري:Khoury منصور:Mansour
    ناصر:Nasser صالح:Saleh إبراهيم:Ibrahim حمدان:Hamdan فرح:Farah عزيز:Aziz قاسم:Qasim
    درويش:Darwish النجار:Najjar شاهين:Shaheen ياسين:Yassin زيدان:Zidan البغدادي:Baghdadi
    المصري:Masri""",
)

PERSIAN = Tongue(
    share=2,
    given="""Maryam Reza Zahra Hossein Shirin Amir Parisa Mehdi Niloufar Farhad Roya Kamran
    Leila Babak Golnaz Dariush Anahita Siavash""",
    family="""Mohammadi Hosseini Ahmadi Karimi Moradi Rezaei Jafari Rahimi Hashemi Sadeghi
    Mirzakhani Kazemi Ebrahimi Ghasemi Bagheri Heidari Akbari Rostami Shirazi Tehrani Tabrizi
    Esfahani Kermani Ahmadzai Popal Noori Wardak Karzai Stanekzai""",
    stems="""Abbas Abdol Agha Akbar Ali Amin Amir Asad Asgar Bahram Bagher Dehghan Esfandi
    Farahan Farrokh Ghader Gholam Habib Hadi Hakim Hamid Jalal Jamshid Karam Karim Khalil
    Khosrow Mahmoud Malek Mansour Mehr Mir Mohamad Mokhtar Nader Najaf Nasir Nazar Norouz Pour
    Rahim Rajab Rostam Sadegh Safar Salar Salim Shah Shams Sohrab Soltan Taher Vahid Yazdan
    Zaman""",
    endings="""abadi ani far fard ian kar khah khani loo mand manesh nejad nia nouri pour shahi
    tabar vand yar zad zadeh""",
)

INDIAN = Tongue(
    share=7,
    given="""Priya Rahul Ananya Arjun Lakshmi Vikram Kavya Rohan Deepika Sanjay Meera Aditya
    Pooja Karthik Divya Suresh Aishwarya Ramesh Nisha Imran Ayesha Harpreet Gurpreet Tenzin
    Saanvi Ishaan Śrīdhar Kṛṣṇa""",
    family="""Sharma Singh Kumar Patel Gupta Verma Reddy Khan Iyer Nair Das Shah Mehta Joshi
    Rao Mishra Desai Chatterjee Banerjee Mukherjee Ghosh Bose Sen Roy Dutta Chakraborty Menon
    Pillai Kulkarni Deshpande Patil Jain Agarwal Bhat Hegde Shetty Naidu Chowdhury Malhotra
    Kapoor Chopra Khanna Bhatia Arora Sethi Gill Sandhu Dhillon Grewal Sidhu Ahmed Hussain
    Malik Chaudhry Butt Perera Fernando Silva Jayawardena Wickramasinghe Bandara Thapa Gurung
    Shrestha Tamang Rai Adhikari Hossain Rahman Islam Akter Begum Uddin Ramanujan Acharya Bajwa
    Chandra Dixit Gandhi Gowda Hingorani Jha Kaur Lal Mahajan Nanda Oberoi Pandey Qureshi
    Rathore Saxena Tiwari Upadhyay Vyas Wadhwa Yadav Zaidi""",
    stems="""Ananda Anantha Aru Bala Bhaskara Chandra Chinna Deva Dhana Gana Gopala Guna Guru
    Hari Jaya Kama Kanda Karuna Kesava Krishna Lakshmi Loga Madha Maha Mani Megha Muthu Naga
    Nalla Nara Nila Padma Para Peri Prabha Pushpa Raja Rama Ranga Ravi Samba Sanka Satya Selva
    Shanta Shiva Soma Sri Sundara Surya Thanga Udaya Vasu Veera Venkata Vijaya Viswa Yoga""",
    endings="""bhushan charya das dev durai giri gopal kumar lal lingam mani moorthy mohan
    murthy nathan natha nayagam pal pathi perumal prasad raj rajan raju raman ratnam samy
    sekaran sena swami thilagam valli varman velu""",
)

DEVANAGARI = Tongue(
    share=1,
    given="""प्रिया:Priya राहुल:Rahul अनन्या:Ananya अर्जुन:Arjun लक्ष्मी:Lakshmi विक्रम:Vikram
    काव्या:Kavya रोहन:Rohan दीपिका:Deepika संजय:Sanjay मीरा:Meera आदित्य:Aditya""",
    family="""शर्मा:Sharma सिंह:Singh कुमार:Kumar पटेल:Patel गुप्ता:Gupta वर्मा:Verma
    मिश्रा:Mishra जोशी:Joshi देसाई:Desai मेहता:Mehta यादव:Yadav चौधरी:Chaudhary पाटिल:Patil
    अग्रवाल:Agrawal त्रिपाठी:Tripathi श्रीवास्तव:Shrivastava थापा:Thapa श्रेष्ठ:Shrestha""",
)

THAI = Tongue(
    share=2,
    given="""Somchai Siriporn Anong Nattapong Malee Prasert Kanya Wichai Suda Chaiwat Ploy
    Thanawat Nok Kittisak Apinya Arthit""",
    family="""Saetang Saelim Saelee Jaidee Boonmee Thongdee Chaiyo Sukjai Rakthai Kaewta
    Phromma Sombat Inthara Yodrak Vongsa Souphanouvong Chea Sok Heng Kim Prak Keo""",
    stems="""Amorn Anan Arun Boon Chai Chalerm Charoen Chok Itthi Kaew Kamol Kiat Kitti Lert
    Mongkol Nakhon Narong Nopp Panya Phong Phra Prasert Preecha Rattana Ruang Rung Saeng Sak
    Somboon Sri Suk Suwan Tanakorn Thana Thong Udom Uthai Vichit Wattana Wichit Wong Yotha""",
    endings="""anan apat chai charoen chot dech kasem kij korn kul lert mongkol nukul panich
    phan phong porn prasit rat roj rungrueng sakul siri sombat suk thana thep thong wan wat
    wong""",
)

THAI_SCRIPT = Tongue(
    share=1,
    given="""สมชาย:Somchai ศิริพร:Siriporn อนงค์:Anong ณัฐพงษ์:Nattapong มาลี:Malee
    ประเสริฐ:Prasert กัญญา:Kanya วิชัย:Wichai สุดา:Suda ชัยวัฒน์:Chaiwat อาทิตย์:Arthit""",
    family="""ใจดี:Jaidee บุญมี:Boonmee ทองดี:Thongdee สุขใจ:Sukjai รักไทย:Rakthai
    พรหมมา:Phromma แก้วตา:Kaewta แซ่ตั้ง:Saetang แซ่ลิ้ม:Saelim วงศ์สวัสดิ์:Wongsawat
    ศรีสุข:Srisuk ทองคำ:Thongkham เจริญสุข:Charoensuk สมบัติ:Sombat""",
)

CHINESE = Tongue(
    share=5,
    family_first=True,
    given="""Wei Fang Xiuying Min Jing Li Qiang Lei Jun Yang Yong Yan Jie Juan Tao Ming Chao
    Xiulan Xia Ping Gang Guiying Zihan Yichen Yuxuan Haoyu Ruoxi Mengyao Jiahao Siyu Lǜ""",
    family="""Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Gao
    Luo Zheng Liang Xie Song Tang Deng Han Feng Cao Peng Zeng Xiao Tian Dong Pan Yuan Cai Jiang
    Yu Du Ye Cheng Wei Su Lü Ding Ren Lu Yao Shen Zhong Cui Tan Fan Liao Shi Jin Jia Xia Fu
    Fang Zou Xiong Bai Meng Qin Qiu Hou Yin Xue Yan Duan Lei Long Tao Mao Hao Gu Gong Shao Wan
    Qian Ouyang Zhuge Situ Shangguan Chan Wong Leung Cheung Lam Ng Kwok Tsang Tse Yeung Chow""",
)

CHINESE_SCRIPT = Tongue(
    share=2,
    family_first=True,
    joint="",
    given="""伟:Wei 芳:Fang 秀英:Xiuying 敏:Min 静:Jing 丽:Li 强:Qiang 磊:Lei 军:Jun 洋:Yang
    勇:Yong 艳:Yan 杰:Jie 娟:Juan 涛:Tao 明:Ming 超:Chao 子涵:Zihan 雨轩:Yuxuan 浩宇:Haoyu
    若曦:Ruoxi 思雨:Siyu 嘉豪:Jiahao 梦瑶:Mengyao""",
    family="""王:Wang 李:Li 张:Zhang 刘:Liu 陈:Chen 杨:Yang 黄:Huang 赵:Zhao 吴:Wu 周:Zhou
    徐:Xu 孙:Sun 马:Ma 朱:Zhu 胡:Hu 郭:Guo 何:He 林:Lin 高:Gao 罗:Luo 郑:Zheng 梁:Liang 谢:Xie
    宋:Song 唐:Tang 邓:Deng 韩:Han 冯:Feng 曹:Cao 彭:Peng 曾:Zeng 萧:Xiao 欧阳:Ouyang
    诸葛:Zhuge""",
)

JAPANESE = Tongue(
    share=3,
    given="""Haruto Yui Sota Hina Yuki Sakura Ren Aoi Takumi Misaki Kenji Yoko Hiroshi Keiko
    Daiki Nanami Shōta Yūki Ryō Kōhei Jun'ichi Kaori Satoshi Mayumi""",
    family="""Satō Suzuki Takahashi Tanaka Watanabe Itō Nakamura Kobayashi Yamamoto Katō
    Yoshida Yamada Sasaki Yamaguchi Matsumoto Inoue Kimura Hayashi Shimizu Saitō Mori Abe Ikeda
    Hashimoto Ishikawa Maeda Fujita Ogawa Gotō Okada Hasegawa Murakami Kondō Ishii Sakamoto
    Endō Aoki Fujii Nishimura Fukuda Ōta Miura Okamoto Nakajima Fujiwara Matsuda""",
    stems="""Aki Ao Ara Asa Fuji Fuka Fuku Fuyu Furu Haru Hira Hiro Hoshi Ichi Iwa Kami Kana
    Kata Kawa Kita Ko Kuri Kuro Maru Masu Matsu Mina Miya Mizu Mori Naga Naka Nishi Oka Oku
    Saka Sawa Shima Shira Sugi Taka Take Tama Taki Toku Tomi Tsuka Ume Uchi Yama Yasu Yoko
    Yoshi""",
    endings="""be bashi da gami guchi hama hara hata hira ishi jima kawa kura matsu mi mine
    mori moto mura naga naka no oka saka saki sawa se shima shita sue ta tani uchi ura ya yama
    zaki zawa""",
)

JAPANESE_SCRIPT = Tongue(
    share=1,
    family_first=True,
    joint="",
    given="""陽翔:Haruto 結衣:Yui 蒼太:Sota 陽菜:Hina 勇気:Yuki さくら:Sakura 蓮:Ren 葵:Aoi
    拓海:Takumi 美咲:Misaki 健二:Kenji 陽子:Yoko 浩:Hiroshi 恵子:Keiko""",
    family="""佐藤:Sato 鈴木:Suzuki 高橋:Takahashi 田中:Tanaka 渡辺:Watanabe 伊藤:Ito
    中村:Nakamura 小林:Kobayashi 山本:Yamamoto 加藤:Kato 吉田:Yoshida 山田:Yamada 佐々木:Sasaki
    山口:Yamaguchi 松本:Matsumoto 井上:Inoue 木村:Kimura 林:Hayashi 清水:Shimizu 森:Mori""",
)

KOREAN = Tongue(
    share=2,
    given="""Minjun Seoyeon Jiho Jiwoo Haeun Doyun Soyoung Hyunwoo Yuna Taehyung Eunji Sungmin
    Jiyoung Donghyun Minji Seunghoon Hyejin Junho""",
    family="""Kim Lee Park Choi Jung Kang Cho Yoon Jang Lim Han Oh Seo Shin Kwon Hwang Ahn Song
    Ryu Jeon Hong Ko Moon Yang Son Bae Baek Heo Yoo Shim Noh Ha Kwak Sung Cha Ju Woo Koo
    Namgung Hwangbo Seonu Bang Byun Cheon Chung Do Eom Gil Gong Ham Hyun In Jin Ki Ma Min Pyo
    Seok Tak Wang Wi Yeo Yun""",
)

VIETNAMESE = Tongue(
    share=3,
    family_first=True,
    given="""Anh Minh Linh Hùng Thảo Dũng Hương Tuấn Trang Đức Ngọc Phương Quân Thủy Việt Yến
    Mai Khánh Hạnh Sơn Tâm Đạt Thị_Hoa Văn_Nam Thị_Lan Quốc_Bảo""",
    family="""Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý Võ Trương Đinh Lâm
    Đoàn Mai Trịnh Hà Cao Lương Tạ Tô Châu Quách Thái Vương Đào Tăng La Kiều Lưu Huỳnh Triệu
    Chu Thạch Bạch Bế Cù Doãn Giang Hứa Kim Mạc Nghiêm Ông Phùng Quan Sử Tống Ung Văn Viên Vi
    Từ Tôn""",
)

SOUTH_EAST = Tongue(
    share=3,
    given="""Budi Siti Agus Dewi Nurul Rizky Putri Ahmad Wayan Made Ketut Aisyah Farid Maricel
    Jomar Angelica Bayani Ligaya Hafiz Nadia Piñon""",
    family="""Santoso Wijaya Susanto Hidayat Saputra Setiawan Nugroho Wibowo Kusuma Lestari
    Rahayu Siregar Nasution Lubis Simanjuntak Hutapea Sinaga Situmorang Tanjung Chaniago
    Dela_Cruz Reyes Bautista Ocampo Mendoza Aquino Macapagal Magsaysay Dimaculangan Panganiban
    Lim Tan Abdullah Ismail Othman Rahman""",
    stems="""Adi Aji Arya Bagus Bima Budi Cahya Dharma Eka Gita Guna Hadi Harja Indra Jaya
    Karta Kerta Kusuma Laksa Mangku Mulya Nata Pra Prawira Purna Raksa Rata Sastra Setya Sosro
    Sura Suma Surya Tirta Wangsa Wira Yuda""",
    endings="""adiputra atmaja brata dharma dinata diningrat dipura diredja karta kusumo laga
    manta nagara nata negoro ningrat praja prana prawiro putra raharja santosa saputra sasmita
    seno subrata sudarmo sukma tama tanaya wan wardana wibawa widjaja winata yasa""",
)

WEST_AFRICAN = Tongue(
    share=5,
    given="""Chinedu Ngozi Oluwaseun Funmilayo Emeka Adaeze Ibrahim Aisha Tunde Yetunde Kwame
    Akosua Kofi Ama Chiamaka Ifeanyi Babajide Ṣadé Ọlá Fatou Mamadou Aminata Ousmane Abena
    Kwabena""",
    family="""Okafor Okonkwo Eze Nwosu Obi Okoye Nnamdi Achebe Adichie Balogun Bello Musa
    Abubakar Ibrahim Danjuma Yakubu Mensah Owusu Boateng Asante Appiah Agyeman Osei Addo Amoah
    Diallo Traoré Keita Coulibaly Diop Ndiaye Fall Sow Ba Camara Touré Cissé Koné Ouattara
    Kouassi Soyinka Emeagwali Okocha Ọ̀ṣọ́bà Adeyemi Afolabi Chukwu Dike Egwu Fofana Gueye Igwe
    Jallow Konaté Lawal Mbaye Nwachukwu Ojo Quaye Sarr Sesay Umar Wade Yeboah Zongo""",
    stems="""Abi Ade Adebi Adeni Ado Afo Aji Aki Akin Alabi Ani Ara Awo Ayo Baba Chi Chuku Dada
    Ebi Eke Emi Ezi Fagbe Fala Fato Ibe Ifa Ike Ige Kola Laji Madu Mba Ndu Nwa Obia Odu Ogu Ojo
    Oko Ola Olo Olu Olufe Omo Oni Onye Oro Osun Owo Oye Ugo Uzo""",
    endings="""bade bayo bi bola bunmi chukwu dayo dele dipe fela femi foluke gbemi gbola jide
    juwon kanmi kunle lade lola luwa moye nike niran niyi noye pelu peju sanmi sola soji tade
    tayo tola tunji wale wole wumi yemi yinka""",
)

EAST_AFRICAN = Tongue(
    share=4,
    given="""Wanjiru Otieno Achieng Kamau Nia Juma Amani Baraka Zuri Tendai Thandiwe Sipho
    Nomvula Lerato Abebe Tigist Selam Dawit Makena Chipo""",
    family="""Mwangi Odhiambo Njoroge Wanjala Kiprop Chebet Kipchoge Kariuki Mutua Musyoka
    Omondi Okello Mugisha Nakato Uwimana Habimana Nkurunziza Tesfaye Bekele Haile Gebre Abdi
    Warsame Hassan Juma Mbeki Dlamini Nkosi Khumalo Ndlovu Zulu Mokoena Molefe Botha Pretorius
    Moyo Sibanda Banda Phiri Chirwa""",
    stems="""Ba Bwa Cha Chi Ga Gi Ha Ka Ki Ko Ku Kwa Li Lu Ma Mba Mbu Mka Mo Mu Mwa Na Nda Nga
    Ngu Nja Nka No Nya Nzi Ra Ru Sa Se Shi Si Ta Te Tshi Wa Wai Ya Za Zi""",
    endings="""banda bira bwana chaka chuma dima dzi gari gisha kala kena kwani lala leki lungu
    mau mbura nda ngwe njo nyane raga rere rimi ruki sanga sembe shaba simba tende thiga tuma
    vuma wira zana zibwe""",
)

CAUCASIAN = Tongue(
    share=2,
    given="""Nino Giorgi Tamar Davit Ana Levan Anahit Tigran Lusine Armen Mariam Hayk Gayane
    Vakhtang Ketevan Aram ნინო:Nino გიორგი:Giorgi""",
    family="""Beridze Kapanadze Gelashvili Maisuradze Giorgadze Lomidze Tsiklauri Kvaratskhelia
    Gogoladze Jugashvili Petrosyan Hakobyan Sargsyan Grigoryan Khachaturian Harutyunyan
    Vardanyan Kasparov Manoogian ბერიძე:Beridze გელაშვილი:Gelashvili""",
    stems="""Abash Abul Aleks Arak Arvel Barat Baram Basil Bolk Chav Chkh Dav Dol Gab Gag Gig
    Gog Gur Iash Ios Jal Jan Kak Kald Kav Khar Kob Kupr Lab Latsab Mach Mam Marg Megr Mikel
    Nats Nik Nod Papuk Pir Sak Shav Tab Tsert Turk Vash Zur""",
    endings="""adze aia akyan alyan anadze anian aradze aryan ashvili atsyan eladze eli elidze
    elyan enyan eridze eshvili eyan iani iashvili idze ikyan inyan ishvili oev onyan oshvili
    osyan ovyan ulia unyan uridze""",
)

HEBREW = Tongue(
    share=1,
    given="""Noa Yosef Tamar Daniel Shira Itai Yael Eitan Michal Avi Rivka Moshe נועה:Noa
    דוד:David יעל:Yael""",
    family="""Cohen Levi Mizrahi Peretz Biton Dahan Avraham Friedman Malka Azoulay Katz Yosef
    David Amar Ohayon Hadad Gabay Ben-David Adler Segal Shapira Goldberg Rosenberg Weiss Klein
    Golan Harel Barak Carmeli כהן:Cohen לוי:Levi מזרחי:Mizrahi""",
)

WORLDWIDE = (
    TURKISH, ARABIC, ARABIC_SCRIPT, PERSIAN, INDIAN, DEVANAGARI, THAI, THAI_SCRIPT, CHINESE,
    CHINESE_SCRIPT, JAPANESE, JAPANESE_SCRIPT, KOREAN, VIETNAMESE, SOUTH_EAST, WEST_AFRICAN,
    EAST_AFRICAN, CAUCASIAN, HEBREW,
)  # fmt: skip
