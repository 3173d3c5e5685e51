"""Names from outside Europe, some of them in their own script; see `names.py` for the form."""

from eventdesk.exercises.demo.names import Tongue

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
