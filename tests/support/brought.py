"""Small documents of the kinds people bring, with questions: what each answer holds and leaves out."""

# ruff: noqa: E501  documents and questions stand here as people write them

from __future__ import annotations

from dataclasses import dataclass

HANDBOOK_ZH = (
    "# 员工手册\n"
    "\n"
    "## 作息\n"
    "上班时间为九点到六点，午休一小时。\n"
    "\n"
    "## 请假\n"
    "请假须提前一天在系统中提交，由直属经理批准。\n"
    "\n"
    "## 报销\n"
    "报销单据应在三十天内提交给财务部。\n"
    "\n"
    "## 出差\n"
    "出差须事先填写申请表，经部门负责人签字。\n"
)
GUIDE = (
    "# Visitor guide\n"
    "\n"
    "## Arrival\n"
    "Visitors report to the gatehouse and show a passport.\n"
    "\n"
    "## Parking\n"
    "Cars are parked in yard C. Lorries wait outside the fence.\n"
    "\n"
    "## Safety\n"
    "Helmets are worn in all halls. Smoking is allowed at the red benches only.\n"
    "\n"
    "## Lunch\n"
    "The canteen serves lunch from 11:30 to 13:30. Guests pay 7.50 euros.\n"
    "\n"
    "## Departure\n"
    "Badges are returned at the gate.\n"
)


@dataclass(frozen=True)
class Case:
    """``questions`` are (question, parts of the answer or None for a refusal, what the answer must not hold)."""

    name: str
    files: dict[str, str]
    questions: list[tuple[str, list[str] | None, list[str]]]
    is_conversation: bool = False


CASES = [
    Case(
        "tiny-en-1",
        {
            "kiln.txt": "The kiln cools for seven hours.",
        },
        [
            ("How long does the kiln cool?", ["seven hours"], []),
            ("What colour is the kiln?", None, []),
            ("Who repairs the kiln?", None, []),
        ],
    ),
    Case(
        "tiny-en-2",
        {
            "leave.txt": "Employees have 15 days of annual leave.",
        },
        [
            ("How many days of annual leave do employees have?", ["15"], []),
            ("What is the salary?", None, []),
        ],
    ),
    Case(
        "tiny-en-5",
        {
            "note.txt": "Our office in Lisbon opened in May 2019. It has 40 desks and a roof terrace. The landlord is Casa Verde. Heating is turned on in November. Dogs are welcome on Fridays.",
        },
        [
            ("When did the Lisbon office open?", ["May 2019"], []),
            ("How many desks are there?", ["40"], []),
            ("Who is the landlord?", ["Casa Verde"], []),
            ("When is the heating switched on?", ["November"], []),
            ("How much is the rent?", None, []),
            ("Who is the CEO?", None, []),
        ],
    ),
    Case(
        "tiny-en-3docs",
        {
            "a.txt": "The blue van is serviced every 20,000 km.",
            "b.txt": "The red van has a tow bar.",
            "c.txt": "Keys are kept at the porter.",
        },
        [
            ("How often is the blue van serviced?", ["20,000"], []),
            ("Where are the keys?", ["porter"], []),
            ("Which van has a tow bar?", ["red"], []),
        ],
    ),
    Case(
        "tiny-zh-1",
        {
            "n.txt": "年假为十五天。",
        },
        [
            ("年假有几天？", ["十五"], []),
            ("年假多少天", ["十五"], []),
            ("工资是多少？", None, []),
        ],
    ),
    Case(
        "tiny-zh-2",
        {
            "n.txt": "仓库钥匙由老周保管。\n\n叉车每周五充电。\n\n夜班津贴为每晚八十元。",
        },
        [
            ("仓库钥匙在谁那里？", ["老周"], []),
            ("谁保管仓库钥匙？", ["老周"], []),
            ("叉车什么时候充电？", ["周五"], []),
            ("夜班津贴多少钱？", ["八十"], []),
        ],
    ),
    Case(
        "tiny-zh-3",
        {
            "wifi.md": "# 访客网络\n\n访客网络名称为 Guest-5F，密码每周一更换，到前台领取。",
        },
        [
            ("访客网络的密码在哪里拿？", ["前台"], []),
            ("wifi密码多久换一次", ["每周一"], []),
            ("访客网络叫什么名字", ["Guest-5F"], []),
            ("打印机怎么用？", None, []),
        ],
    ),
    Case(
        "faq-zh",
        {
            "faq.txt": "问：怎样申请门禁卡？\n答：在行政系统填写申请，次日到前台领取。\n\n问：忘带门禁卡怎么办？\n答：凭身份证在前台办理临时卡。\n\n问：门禁卡丢了要赔多少？\n答：工本费二十元。",
            "h.md": HANDBOOK_ZH,
        },
        [
            ("怎样申请门禁卡？", ["行政系统"], ["忘带"]),
            ("忘带门禁卡怎么办", ["临时卡"], []),
            ("门禁卡丢了赔多少", ["二十元"], []),
        ],
    ),
    Case(
        "faq-md-bold",
        {
            "faq.md": "# Questions\n\n**How do I change my tariff?**\n\nOpen Contract, choose Tariffs and confirm.\n\n**Can I pause my contract?**\n\nYes, once a year for up to three months.\n\n**What does a new SIM card cost?**\n\nA new card costs 12 euros.\n",
            "g.md": GUIDE,
        },
        [
            ("How do I change my tariff?", ["Contract"], ["How do I change"]),
            ("Can I pause my contract?", ["three months"], []),
            ("How much is a new SIM card?", ["12 euros"], []),
        ],
    ),
    Case(
        "label",
        {
            "card.txt": "Machine card\n\nSerial number\nB-20931\n\nYear of construction\n2016\n\nResponsible mechanic\nIvo Marsh, extension 77\n\nRated load:\n1,500 kg",
            "g.md": GUIDE,
        },
        [
            ("What is the serial number?", ["B-20931"], []),
            ("Who is the responsible mechanic?", ["Ivo Marsh"], []),
            ("What is the rated load?", ["1,500"], []),
            ("What is the year of construction?", ["2016"], []),
        ],
    ),
    Case(
        "label-zh",
        {
            "档案.txt": "设备档案\n\n出厂编号\nZX-7703\n\n责任人\n孙立，分机 215\n\n额定载荷：\n1500 千克",
            "h.md": HANDBOOK_ZH,
        },
        [
            ("出厂编号是什么？", ["ZX-7703"], []),
            ("责任人是谁？", ["孙立"], []),
            ("额定载荷是多少？", ["1500"], []),
        ],
    ),
    Case(
        "title",
        {
            "How to clean the filter.txt": "How to clean the filter\n\nUnscrew the lid, rinse the mesh under warm water and let it dry. Do not use soap.",
            "How to change the lamp.txt": "How to change the lamp\n\nSwitch off the power. Turn the lamp to the left.",
            "g.md": GUIDE,
        },
        [
            ("How to clean the filter", ["rinse"], []),
            ("How do I change the lamp?", ["power"], []),
        ],
    ),
    Case(
        "title-zh",
        {
            "如何更换滤芯.txt": "如何更换滤芯\n\n关闭水源，逆时针旋下外壳，换上新滤芯。每半年更换一次。",
            "h.md": HANDBOOK_ZH,
        },
        [
            ("如何更换滤芯", ["逆时针"], []),
            ("滤芯多久更换一次？", ["半年"], []),
        ],
    ),
    Case(
        "codes",
        {
            "p.csv": "Part,Bin,Stock\nTX-400,B12,31\nTX-450,B13,7\nTX-4000,C01,2\n",
            "g.md": GUIDE,
        },
        [
            ("How many TX400 are in stock?", ["31"], ["C01"]),
            ("Where is the tx 450?", ["B13"], ["B12"]),
            ("Which bin has the TX4000?", ["C01"], ["B12"]),
        ],
    ),
    Case(
        "codes-zh",
        {
            "p.md": "# 型号\n\nQB-12 水泵的扬程为18米。\nQB-15 水泵的扬程为22米。\nQB-20 水泵的扬程为30米。",
            "h.md": HANDBOOK_ZH,
        },
        [
            ("QB15的扬程是多少？", ["22"], ["18", "30"]),
        ],
    ),
    Case(
        "dates",
        {
            "log.md": "# Log\n\nOn 3 April 2023 the boiler was replaced.\n\n2023-10-17: the lift was inspected.\n\nOn 12/24/2023 the office was closed.\n\nAm 05.02.2024 war Inventur.",
            "g.md": GUIDE,
        },
        [
            ("What happened on 2023-04-03?", ["boiler"], ["lift"]),
            ("What was on 17 October 2023?", ["lift"], ["boiler"]),
            ("What happened on December 24, 2023?", ["closed"], []),
            ("What happened in April 2023?", ["boiler"], []),
        ],
    ),
    Case(
        "dates-zh",
        {
            "log.md": "# 大事记\n\n2023年4月3日更换锅炉。\n\n2023年10月17日电梯年检。\n\n2024年2月5日盘点。",
            "h.md": HANDBOOK_ZH,
        },
        [
            ("2023-10-17发生了什么？", ["电梯"], ["锅炉"]),
            ("2024/2/5做了什么", ["盘点"], ["电梯"]),
        ],
    ),
    Case(
        "times",
        {
            "t.csv": "Bus,Departure,Platform\n11,07:45,A\n12,14:30,B\n15,19:05,C\n",
            "g.md": GUIDE,
        },
        [
            ("Which bus leaves at 2:30 pm?", ["12"], ["15:", "07:45"]),
            ("Which platform is the 7:45 am bus?", ["A"], []),
        ],
    ),
    Case(
        "numbers",
        {
            "inv.csv": 'Invoice,Customer,Amount\nR-7,Lind,"1,480,000"\nR-8,Moser,"72,300"\nR-9,Arp,"5,000"\n',
            "g.md": GUIDE,
        },
        [
            ("Which customer has the amount 1480000?", ["Lind"], ["Moser"]),
            ("Which invoice is about 1.48 million?", ["R-7"], []),
            ("Who owes 72300?", ["Moser"], ["Arp"]),
        ],
    ),
    Case(
        "numbers-zh",
        {
            "inv.csv": "发票,客户,金额\nR-7,林海,1480000\nR-8,北辰,723000\nR-9,安平,50000\n",
            "h.md": HANDBOOK_ZH,
        },
        [
            ("哪张发票金额是148万？", ["R-7"], ["R-8"]),
            ("谁的金额是5万元？", ["安平"], ["林海"]),
        ],
    ),
    Case(
        "units",
        {
            "d.csv": "Device,Supply,Power\npress,230 V,1.5 kW\noven,400 V,9 kW\nfan,24 V,60 W\n",
            "g.md": GUIDE,
        },
        [
            ("Which device needs 400V?", ["oven"], ["press"]),
            ("Which device has 60W?", ["fan"], ["oven"]),
        ],
    ),
    Case(
        "phone",
        {
            "t.csv": "Name,Phone\nOlga,+44 20 7946 0101\nPeer,+44 20 7946 0202\nQuentin,+44 20 7946 0303\n",
            "g.md": GUIDE,
        },
        [
            ("Whose number is 020 7946 0202?", ["Peer"], ["Olga"]),
            ("Who has the phone number (020) 79460303?", ["Quentin"], ["Olga"]),
            ("What is Olga's phone number?", ["0101"], ["0202"]),
        ],
    ),
    Case(
        "version",
        {
            "rel.md": "# Releases\n\n## v2.4.0\nAdds export to PDF.\n\n## 2.4.1\nFixes the login on Safari.\n\n## v2.5.0\nAdds a calendar.",
            "g.md": GUIDE,
        },
        [
            ("What changed in 2.4.0?", ["PDF"], ["Safari"]),
            ("What is new in version 2.5.0?", ["calendar"], ["PDF"]),
            ("What does v2.4.1 fix?", ["Safari"], []),
        ],
    ),
    Case(
        "clauses",
        {
            "c.md": "# Contract\n\n## 1 Term\nThe contract runs for two years.\n\n## 2 Notice\nNotice is given three months ahead.\n\n## 3 Liability\nLiability is limited to 50,000 euros.",
            "g.md": GUIDE,
        },
        [
            ("What does clause 3 say?", ["50,000"], ["two years"]),
            ("What is in section 2?", ["three months"], ["two years"]),
            ("Which clause is about liability?", ["3"], []),
        ],
    ),
    Case(
        "clauses-zh",
        {
            "c.md": "# 合同\n\n第一条 期限\n本合同期限为两年。\n\n第二条 通知\n解除合同须提前三个月书面通知。\n\n第三条 责任\n赔偿上限为五万元。",
            "h.md": HANDBOOK_ZH,
        },
        [
            ("第二条说了什么？", ["三个月"], ["五万"]),
            ("合同第3条规定了什么", ["五万"], ["三个月"]),
            ("第一条的内容", ["两年"], []),
        ],
    ),
    Case(
        "table-list",
        {
            "s.csv": "Machine,Hall,Operator\nM1,North,Ada\nM2,South,Ben\nM3,North,Cleo\nM4,North,Dag\nM5,East,Eli\nM6,North,Fay\nM7,South,Gus\nM8,North,Hal\n",
            "g.md": GUIDE,
        },
        [
            ("Which machines are in hall North?", ["M1", "M3", "M4", "M6", "M8"], ["M2", "M5"]),
            ("How many machines are in hall South?", ["2"], ["M1 "]),
            ("How many machines are there?", ["8"], []),
            ("Who operates M4?", ["Dag"], ["Ada"]),
        ],
    ),
    Case(
        "table-list-zh",
        {
            "s.csv": "设备,车间,操作员\n甲一,北,安\n甲二,南,柏\n甲三,北,陈\n甲四,北,丁\n甲五,东,鄂\n甲六,北,方\n",
            "h.md": HANDBOOK_ZH,
        },
        [
            ("北车间有哪些设备？", ["甲一", "甲三", "甲四", "甲六"], ["甲二", "甲五"]),
            ("北车间有几台设备？", ["4"], []),
            ("甲五由谁操作？", ["鄂"], ["安"]),
        ],
    ),
    Case(
        "extreme",
        {
            "w.csv": "Site,Area,Built\nKing,1200,1998\nQueen,5400,2011\nRook,860,2020\nPawn,3100,1985\n",
            "g.md": GUIDE,
        },
        [
            ("Which site has the largest area?", ["Queen"], ["Rook"]),
            ("Which site is the oldest?", ["Pawn"], ["Queen"]),
            ("What is the smallest area?", ["Rook"], ["Queen"]),
            ("Which site was built last?", ["Rook"], []),
        ],
    ),
    Case(
        "extreme-zh",
        {
            "w.csv": "品名,单价,库存\n铁钉,3.5,900\n钢索,260,15\n滑轮,48,130\n",
            "h.md": HANDBOOK_ZH,
        },
        [
            ("哪个品名单价最高？", ["钢索"], ["铁钉"]),
            ("库存最少的是哪个？", ["钢索"], ["滑轮"]),
        ],
    ),
    Case(
        "follow",
        {
            "p.md": "# Products\n\n## Pump A7\nThe Pump A7 weighs 12 kg.\nThe Pump A7 has a warranty of two years.\nThe Pump A7 costs 340 euros.\n\n## Pump B9\nThe Pump B9 weighs 19 kg.\nThe Pump B9 has a warranty of five years.\nThe Pump B9 costs 610 euros.",
            "g.md": GUIDE,
        },
        [
            ("What does the Pump A7 weigh?", ["12 kg"], ["19"]),
            ("How long is its warranty?", ["two years"], ["five"]),
            ("And what does it cost?", ["340"], ["610"]),
            ("What about the Pump B9?", ["610"], ["340"]),
        ],
        is_conversation=True,
    ),
    Case(
        "follow-zh",
        {
            "p.md": "# 产品\n\n## 水泵 A7\n水泵 A7 重 12 公斤。\n水泵 A7 的保修期为两年。\n水泵 A7 的价格为 340 元。\n\n## 水泵 B9\n水泵 B9 重 19 公斤。\n水泵 B9 的保修期为五年。\n水泵 B9 的价格为 610 元。",
            "h.md": HANDBOOK_ZH,
        },
        [
            ("水泵 A7 的价格是多少？", ["340"], ["610"]),
            ("保修期呢？", ["两年"], ["五年"]),
            ("那 B9 呢？", ["五年"], ["两年"]),
        ],
        is_conversation=True,
    ),
    Case(
        "long",
        {
            "keys.md": "# Keys\nA lost key is reported to the caretaker at once. A new lock costs 90 euros.\nSpare keys are sealed.",
            "g.md": GUIDE,
        },
        [
            (
                "Dear team, I have been with the company since last spring and so far everything went well. Last night I came home late because the train was delayed, the rain was heavy and my bag was soaked. This morning I noticed that my office key is missing. I searched everywhere, at home and in the car. What should I do now that I have lost the key? Thanks in advance and kind regards.",
                ["caretaker"],
                [],
            ),
        ],
    ),
    Case(
        "long-zh",
        {
            "keys.md": "# 钥匙\n钥匙丢失应立即报告物业。换锁费用为九十元。",
            "h.md": HANDBOOK_ZH,
        },
        [
            (
                "大家好，昨天晚上我坐火车回来，路上下着大雨，列车晚点了两个小时，到家已经是半夜。今天早上到公司的时候发现包湿透了，里面的东西也乱成一团，同事还在催周一会议的材料。后来我发现办公室的钥匙不见了，家里和车上都找过。请问钥匙丢了应该向谁报告？谢谢大家，祝周末愉快。",
                ["物业"],
                [],
            ),
        ],
    ),
    Case(
        "overview",
        {
            "crane rules.md": "# Crane rules\n\nOnly trained staff operate the crane.\n\nLoads never pass over people.\n",
        },
        [
            ("What is this document about?", ["crane"], []),
            ("What is the file about?", ["Crane"], []),
            ("Summarize this document.", ["Crane"], []),
        ],
    ),
    Case(
        "overview-zh",
        {
            "起重机规定.md": "# 起重机规定\n\n只有受训人员可操作起重机。\n\n吊物下方不得站人。\n",
        },
        [
            ("这份文件讲的是什么？", ["起重机"], []),
            ("这个文档主要内容是什么", ["起重机"], []),
            ("总结一下这份文件", ["起重机"], []),
        ],
    ),
    Case(
        "scripts",
        {
            "g.md": GUIDE,
        },
        [
            ("창고 비밀번호는 무엇입니까?", None, []),
            ("Где находится склад?", None, []),
            ("倉庫のパスワードは何ですか？", None, []),
            ("？？？", None, []),
            ("🚚", None, []),
            ("...", None, []),
            ("ما هي كلمة السر؟", None, []),
            ("Πού είναι η αποθήκη;", None, []),
        ],
    ),
    Case(
        "ru",
        {
            "s.txt": "Пароль от архива — берёза. Ключи хранятся у вахтёра.",
            "g.md": GUIDE,
        },
        [
            ("Какой пароль от архива?", ["берёза"], []),
            ("Где хранятся ключи?", ["вахтёр"], []),
        ],
    ),
    Case(
        "ko",
        {
            "s.txt": "주차장은 건물 뒤에 있습니다. 점심시간은 12시부터 1시까지입니다.",
            "g.md": GUIDE,
        },
        [
            ("주차장은 어디에 있습니까?", ["뒤"], []),
        ],
    ),
    Case(
        "ja",
        {
            "s.txt": "駐車場は建物の裏にあります。昼休みは12時から1時までです。",
            "g.md": GUIDE,
        },
        [
            ("駐車場はどこですか？", ["裏"], []),
        ],
    ),
    Case(
        "de",
        {
            "s.txt": "Der Parkplatz liegt hinter dem Werk. Die Kantine öffnet um 11 Uhr.",
            "g.md": GUIDE,
        },
        [
            ("Wo liegt der Parkplatz?", ["hinter"], []),
            ("Wann öffnet die Kantine?", ["11 Uhr"], []),
        ],
    ),
    Case(
        "noise-zh",
        {
            "h.md": "# 劳动制度\n\n试用期为三个月。\n年假为十天。\n工资每月十日发放。\n试用期间不享受年假。",
        },
        [
            ("试用期多长？", ["三个月"], ["十日"]),
            ("年假有多少天？", ["十天"], ["十日"]),
            ("什么时候发工资？", ["十日"], ["三个月"]),
        ],
    ),
    Case(
        "interval",
        {
            "m.md": "# T9 manual\n\n## Replacing the filter\nTo replace the filter, open the flap, pull out the old filter and insert the new one.\n\n## Maintenance\nThe filter is replaced every six months.\nThe brush is cleaned weekly.",
            "g.md": GUIDE,
        },
        [
            ("How often should the filter be replaced?", ["six months"], ["flap"]),
            ("How do I replace the filter?", ["flap"], []),
            ("How often is the brush cleaned?", ["weekly"], ["six months"]),
        ],
    ),
    Case(
        "handbook",
        {
            "g.md": GUIDE,
        },
        [
            ("Where do visitors park?", ["yard C"], []),
            ("What does lunch cost?", ["7.50"], []),
            ("When is lunch?", ["11:30"], []),
            ("Where may I smoke?", ["red benches"], []),
            ("Do I need a helmet?", ["Helmets"], []),
            ("Where do I return my badge?", ["gate"], []),
            ("Who is the managing director?", None, []),
            ("What is the wifi password?", None, []),
            ("How many people work here?", None, []),
            ("Is there a swimming pool?", None, []),
        ],
    ),
    Case(
        "handbook-zh",
        {
            "h.md": HANDBOOK_ZH,
        },
        [
            ("几点上班？", ["九点"], []),
            ("请假找谁批准？", ["经理"], []),
            ("报销要多久内提交？", ["三十天"], []),
            ("出差需要谁签字？", ["负责人"], []),
            ("年终奖什么时候发？", None, []),
            ("公司地址在哪里？", None, []),
            ("食堂在几楼？", None, []),
        ],
    ),
    Case(
        "greet",
        {
            "g.md": GUIDE,
        },
        [
            ("hello", None, []),
            ("你好", None, []),
            ("thanks!", None, []),
        ],
    ),
    Case(
        "multi",
        {
            "h.md": HANDBOOK_ZH,
            "g.md": GUIDE,
        },
        [
            ("报销单据要在多少天内提交？", ["三十天"], []),
            ("What time does the canteen open?", ["11:30"], []),
            ("When must receipts be submitted?", ["三十天"], []),
        ],
    ),
]


def problem(case: Case, question: str, answer: str, *, refused: bool) -> str:
    """What is wrong with an answer to one of the case's questions; empty if nothing is."""
    wanted, unwanted = next((w, u) for asked, w, u in case.questions if asked == question)
    if refused != (wanted is None):
        return f"{question!r} was {'refused' if refused else 'answered'}: {answer!r}"
    said = _plain(answer)
    missing = [part for part in wanted or [] if _plain(part) not in said]
    extra = [part for part in unwanted if _plain(part) in said]
    return f"{question!r} lacks {missing}, has {extra}: {answer!r}" if missing or extra else ""


def _plain(text: str) -> str:
    return "".join(text.split()).lower()
