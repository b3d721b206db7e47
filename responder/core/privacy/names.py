"""What names of people look like, and what else begins like one."""

from __future__ import annotations

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶"
    "程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺"
    "毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文洪季俞章鲁葛"
)
# 西门 and 百里 are left out: in letters they are a gate and a distance.
DOUBLE_SURNAMES = (
    "欧阳|司马|上官|诸葛|司徒|司空|令狐|皇甫|公孙|慕容|尉迟|东方|夏侯|南宫|端木|轩辕|独孤|宇文|长孙"
    "|鲜于|闻人|澹台|淳于|申屠|呼延|拓跋|东郭|钟离|万俟|赫连|濮阳|太史|公冶|宗政"
)
HAN = r"[\u4e00-\u9fff]"
# Words that begin like a name and are none.
NO_NAME = (
    "马路|马上|高新|高级|高中|方便|方法|方面|于是|万达|万能|金额|金牌|江边|田地|石匠|石油|黄金|白天|毛病"
    "|钱款|常年|常住|常常|任何|任课|任意|文件|文明|文化|余额|余下|夏天|雷雨|龙头|向来|路边|康复|温馨"
)
NAME = rf"(?!{NO_NAME})(?:(?:{DOUBLE_SURNAMES})|[{SURNAMES}]){HAN}{{1,2}}"

# ---- 居民王大力反映: a name behind the word for a citizen ----

# These begin a name and hardly any word; whatever else may be written behind them is a name.
_PLAIN_SURNAMES = (
    "王李张刘陈杨赵吴徐孙朱郭郑梁宋韩冯邓曹彭肖董潘袁蔡蒋魏苏吕丁卢姚沈姜崔谭廖韦贾邹孟秦邱侯尹薛闫"
    "黎陶郝龚邵覃俞"
)
# Not in a name: particles, what places end with, what people are called by instead of a name.
_NOT_GIVEN = (
    "的了在是有不没也都被把将给到从就还又很太较向对因为于而或及以等们个这那哪什么些每各其他她它我你您"
    "某氏家村庄府路街道镇乡区市县省州湾店楼院社组队号桥巷口站厂堡集沟屯寨坝塘营场城栋幢座层室"
    "爷妈姨叔婶婆伯嫂姐哥奶汉师博医警总工局科处部长书主经委员说称问诉讲想要请会能可应该"
    "反映来去电信访咨询投举报用进出上下里外前后左右贴述诉"
)
# Given to many a child; behind a surname that is a word as well, no other character will do.
_OFTEN_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志文红梅春林海燕晓小雪雨佳欣怡思琪梓涵子轩浩"
    "宇博俊峰鹏飞龙翔波斌彬辉晖凯健康宁凤珍翠莲荣香云月琴淑慧惠颖莉萍玲琳琼珊瑞瑶璐薇倩婷婉媛嫣洁蓉蕾蓓菲"
    "菊芬芝苗兵宾成诚承德东栋福富贵根光广贤虎庆生胜盛世仁义礼智忠孝恩良泉若诗琦祥永友元远源岳泽泰维卿新鑫"
    "兴星旭学雅亚彦阳扬耀宜亦益毅逸银影佑瑜羽煜裕愉钰毓豫渊韵增哲喆振震征政之植宗祖佐景敬晶菁京靖隽君钧骏"
    "克奎坤昆岚乐力立利廉亮霖灵凌岭柳隆露伦曼茂美萌梦民铭鸣沐楠诺培佩沛朋奇启谦乾茜巧芹勤青清晴秋群然融茹"
    "如汝锐润森莎山善尚少绍申升圣士仕寿舒树双爽顺硕松颂素添甜铁庭廷桐彤旺威巍玮喜仙宪献湘笑心馨杏雄萱璇勋"
    "岩妍炎雁晔伊依翼莹盈咏悦芸允运展昭兆照真贞铮治致仲舟洲竹柱卓紫大爱安宝冰昌朝传达冬娥发方锋付钢贯豪和"
    "恒宏洪鸿厚花焕吉家嘉坚江金锦进开魁蓝朗满妹媚妙木念沁全守天万望希信"
)
# Words, places and forms of address that would pass for a name by their characters.
_ALSO_WORDS = (
    "王者|王牌|王冠|李子|张望|张罗|张开|张扬|张嘴|张灯|陈旧|陈列|陈年|杨树|杨梅|徐徐|孙女|孙子|孙辈|朱红|郑重"
    "|韩国|韩语|肖像|董事|苏醒|苏宁|丁字|丁香|姜葱|陶瓷|魏晋"
    "|黄花|黄山|黄河|黄海|周全|周一|周二|周三|周四|周五|周六|周日|周天|马力|马云|胡乱|何方|何以|何谓|林立|林木|林海"
    "|高兴|高龄|高雅|高明|高达|高大|高发|高考|高铁|高尚|高贵|高手|高空|高峰|罗马|谢意|唐山|许可|曾经|田野|田园"
    "|余力|余生|叶子|程序|任务|任教|钟爱|陆续|石子|石家|石英|金星|金山|金华|金融|金银|夏秋|夏令|夏利|付清|方正"
    "|白云|白银|白家|白发|江南|江东|江北|江宁|江山|江西|段子|雷声|龙华|龙泉|毛利|顾全|万一|万元|万家|万全|万安|武昌|武力"
    "|武清|钱江|戴好|严厉|严正|严守|莫大|常青|常德|常见|常来|康乐|康宁|康健|康养|易学|乔迁|文学|文艺|文明|文安|洪山|洪涝"
    "|季春|章程|鲁东|安心|方才|高声|方可|白天|向[东西南北](?=[的走开行方])|向心|向上|向往|万分|严重"
)
# 王大妈, 李老师, 张先生: how somebody is spoken of who is not to be named.
_ADDRESS = (
    "(?:大[爷妈姐哥娘叔婶伯嫂]|老[师汉伯人太头]|小姐|先生|女士|同志|师傅|阿[姨婆公]|奶奶|爷爷|伯伯|叔叔"
    "|医生|大夫|同学|经理|主任|教授|警官|姓|老板|总|姐|哥|姨|叔|婶)"
)
CITIZEN_WORDS = (
    "居民 市民 业主 村民 住户 租户 家长 群众 网民 网友 来电人 来信人 反映人 投诉人 举报人 求助人"
    " 申请人 当事人 商户 读者 乘客 患者 学生 老人 病人 考生 职工 司机 店主 车主 房主 户主 租客"
    " 房东 游客 顾客 消费者 用户"
)
# 物业主张, 国家长江, 城市民族: the word is none.
_CITIZEN_WORD = (
    rf"(?:{CITIZEN_WORDS.replace(' ', '|')})"
    "(?<![物企专行农作营]业主)(?<![国专]家长)(?<!城市民)(?:代表)? ?"
)
# Where one may be, seen quickly: how those words end, and a surname.
CITIZEN_SIGN = rf"[民主户长众友人者客生工机东表] ?[{SURNAMES}{DOUBLE_SURNAMES.replace('|', '')}]"
_PLAIN_NAME = (
    rf"(?!{_ALSO_WORDS})(?:(?:{DOUBLE_SURNAMES})|[{_PLAIN_SURNAMES}])(?!{_ADDRESS})"
    rf"(?:(?![{_NOT_GIVEN}]){HAN}){{1,2}}?"
)
_OTHER_NAME = rf"(?!{NO_NAME}|{_ALSO_WORDS})[{SURNAMES}](?!{_ADDRESS})[{_OFTEN_GIVEN}]{{1,2}}?"
_CITIZEN_NAME = f"(?:{_PLAIN_NAME}|{_OTHER_NAME})"
# Where a name ends, and what is said of whoever bears it.
_SAYS = (
    "反映|来电|来信|来访|致电|去电|拨打|咨询|投诉|举报|称|说|表示|问|询问|的|认为|建议|希望|告诉|介绍|求助|提出|提问"
    "|留言|发帖|质疑|坦言|要求|申请|诉|讲|向|等[人,]"
)
_NAME_ENDS = rf"(?=(?!{HAN}|[A-Za-z])|{_SAYS})"
CITIZEN = (
    rf"{_CITIZEN_WORD}(?P<data>{_CITIZEN_NAME})"
    rf"(?:{_NAME_ENDS}|(?=[和与及]{_CITIZEN_NAME}{_NAME_ENDS}))"
)
CITIZEN_AFTER_ANOTHER = (
    rf"{_CITIZEN_WORD}{_CITIZEN_NAME}[、和与及](?P<data>{_CITIZEN_NAME}){_NAME_ENDS}"
)
