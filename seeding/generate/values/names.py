"""Given and family names of several languages, sixteen each, with the ASCII spelling that e-mail addresses use.

A name whose accents can't just be dropped is followed by its spelling: `Łukasz/lukasz`.
"""

from unicodedata import normalize

_NAMES = {
    "English": (
        "Olivia Jack Amelia Harry Grace Oliver Emily George Charlotte Thomas Hannah William Lucy James Ella Daniel",
        "Smith Jones Taylor Brown Williams Wilson Johnson Davies Walker Wright Thompson Evans Hughes Clarke Green Hall",
    ),
    "German": (
        "Lena Jürgen/juergen Sophie Lukas Käthe/kaethe Felix Marie Björn/bjoern Anna Jonas Heike Maximilian Greta Moritz "
        "Frieda Götz/goetz",
        "Müller/mueller Schmidt Schneider Fischer Weiß/weiss Weber Schäfer/schaefer Becker Köhler/koehler Hoffmann "
        "Groß/gross Krüger/krueger Wagner Böhm/boehm Jäger/jaeger Vogel",
    ),
    "French": (
        "Chloé Hugo Zoé Léo Camille Raphaël Inès Jérôme Manon François Élodie Gaël Margaux Théo Noémie Étienne",
        "Martin Bernard Lefèvre Moreau Girard Dupré Fournier Béranger Lemaître Rousseau Garçon Mercier Légaré Perrin "
        "Gauthier Noël",
    ),
    "Spanish": (
        "Lucía Mateo Sofía Martín María José Valentina Andrés Íñigo Camila Joaquín Ximena Ángel Inés Raúl Belén",
        "García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Núñez Ibáñez Muñoz Álvarez Romero Ortega "
        "Peña",
    ),
    "Portuguese": (
        "João Maria Gonçalo Beatriz Tomás Inês Luís Catarina Simão Mafalda Afonso Conceição António Letícia Vinícius Sónia",
        "Silva Santos Conceição Oliveira Sousa Gonçalves Araújo Carvalho Magalhães Ribeiro Brandão Teixeira Guimarães "
        "Moura Assunção Sá",
    ),
    "Polish": (
        "Zofia Łukasz/lukasz Małgorzata/malgorzata Jakub Agnieszka Michał/michal Bożena Stanisław/stanislaw Hanna "
        "Grzegorz Żaneta Paweł/pawel Kinga Tomasz Julia Krzysztof",
        "Nowak Wójcik Kowalczyk Zieliński Woźniak Kozłowski/kozlowski Jabłoński/jablonski Krawczyk Piątek Grabowski "
        "Pawłowski/pawlowski Michalska Król/krol Wieczorek Jaworska Dudek",
    ),
    "Czech": (
        "Tereza Jiří Eliška Ondřej Kateřina Tomáš Barbora Matěj Adéla Vojtěch Lucie Šimon Zdeňka Luboš Markéta Radek",
        "Novák Svoboda Dvořák Černý Procházka Kučera Veselý Horák Němec Pokorný Růžička Beneš Fiala Sedláček Doležal "
        "Zeman",
    ),
    "Swedish": (
        "Astrid Åke Elsa Göran Linnéa Nils Ebba Håkan Saga Björn Maja Sören Freja Örjan Tuva Gösta",
        "Andersson Johansson Lindström Åberg Nyström Öberg Bergström Sjöberg Lundqvist Hedlund Söderberg Ekström Wallin "
        "Ström Näslund Holm",
    ),
    "Turkish": (
        "Ayşe Mehmet Zeynep Çağlar Elif İbrahim/ibrahim Gülşen Ömer Fatma Oğuz Şule Emre Özlem Burak Işıl/isil Uğur",
        "Yılmaz/yilmaz Kaya Demir Çelik Şahin Yıldız/yildiz Öztürk Aydın/aydin Özdemir Arslan Doğan Kılıç/kilic Aslan "
        "Çetin Koç Güneş",
    ),
    "Vietnamese": (
        "Linh Đức/duc Hương Minh Thảo Tuấn Ngọc Quân Trâm Hải Yến Khánh Phương Bảo Hạnh Sơn",
        "Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng/dang Bùi Đỗ/do Hồ Ngô Dương Lý Võ Trịnh",
    ),
    "Greek": (
        "Μαρία/maria Γιώργος/giorgos Ελένη/eleni Δημήτρης/dimitris Κατερίνα/katerina Νίκος/nikos Σοφία/sofia "
        "Κώστας/kostas Άννα/anna Γιάννης/giannis Δέσποινα/despoina Χρήστος/christos Ιωάννα/ioanna Παύλος/pavlos "
        "Ζωή/zoi Στέφανος/stefanos",
        "Παπαδόπουλος/papadopoulos Νικολάου/nikolaou Γεωργίου/georgiou Οικονόμου/oikonomou Βασιλείου/vasileiou "
        "Δημητρίου/dimitriou Κωνσταντίνου/konstantinou Αντωνίου/antoniou Μακρής/makris Ιωάννου/ioannou Λάμπρου/lamprou "
        "Χατζής/chatzis Αλεξίου/alexiou Καραγιάννης/karagiannis Σωτηρίου/sotiriou Μιχαήλ/michail",
    ),
    "Ukrainian": (
        "Оксана/oksana Тарас/taras Ірина/iryna Андрій/andrii Наталя/natalia Богдан/bohdan Соломія/solomiia Юрій/yurii "
        "Марічка/marichka Остап/ostap Леся/lesia Назар/nazar Дарина/daryna Орест/orest Галина/halyna Роман/roman",
        "Шевченко/shevchenko Коваленко/kovalenko Бондаренко/bondarenko Ткачук/tkachuk Мельник/melnyk Кравець/kravets "
        "Поліщук/polishchuk Савченко/savchenko Лисенко/lysenko Гончар/honchar Марченко/marchenko Павлюк/pavliuk "
        "Клименко/klymenko Сидоренко/sydorenko Панченко/panchenko Шульга/shulha",
    ),
    "Japanese": (
        "陽菜/hina 蓮/ren さくら/sakura 大翔/hiroto 結衣/yui 健太/kenta 美咲/misaki 悠真/yuma 葵/aoi 翔太/shota "
        "千尋/chihiro 拓也/takuya 彩/aya 直樹/naoki 真由美/mayumi 湊/minato",
        "佐藤/sato 鈴木/suzuki 高橋/takahashi 田中/tanaka 伊藤/ito 渡辺/watanabe 山本/yamamoto 中村/nakamura "
        "小林/kobayashi 加藤/kato 吉田/yoshida 山田/yamada 松本/matsumoto 井上/inoue 木村/kimura 清水/shimizu",
    ),
    "Hindi": (
        "आरव/aarav दीया/diya अर्जुन/arjun अनन्या/ananya रोहन/rohan प्रिया/priya विवेक/vivek काव्या/kavya संजय/sanjay मीरा/meera "
        "राहुल/rahul नेहा/neha अमित/amit पूजा/pooja निखिल/nikhil सीमा/seema",
        "शर्मा/sharma वर्मा/verma गुप्ता/gupta पटेल/patel सिंह/singh मिश्रा/mishra जोशी/joshi नायर/nair मेहता/mehta चौधरी/chaudhary "
        "कपूर/kapoor अग्रवाल/agrawal रेड्डी/reddy देसाई/desai बोस/bose अय्यर/iyer",
    ),
    "Arabic": (
        "ليلى/layla أحمد/ahmad فاطمة/fatima عمر/omar مريم/maryam يوسف/yusuf نور/nour خالد/khalid سلمى/salma حسن/hassan "
        "هدى/huda طارق/tariq رانيا/rania سامي/sami زينب/zaynab كريم/karim",
        "حداد/haddad منصور/mansour خوري/khoury نجار/najjar سالم/salem عباس/abbas فارس/fares بيطار/bitar شاهين/shaheen "
        "درويش/darwish قاسم/qasim ناصر/nasser حمدان/hamdan زيدان/zaydan رشيد/rashid عيسى/issa",
    ),
}
PER_LANGUAGE = 16


def _spelled(entry: str) -> tuple[str, str]:
    name, _, ascii_name = entry.partition("/")
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode()
    return name, ascii_name or plain.lower()


def _table(position: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    pairs = [_spelled(entry) for names in _NAMES.values() for entry in names[position].split()]
    return tuple(name for name, _ in pairs), tuple(ascii_name for _, ascii_name in pairs)


LANGUAGES = tuple(_NAMES)
GIVEN, GIVEN_ASCII = _table(0)  # language after language
FAMILY, FAMILY_ASCII = _table(1)
