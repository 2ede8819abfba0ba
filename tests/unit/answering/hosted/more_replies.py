"""A third set, written last: at first sight three honest replies of it were lost, and none of the others was shown."""

# ruff: noqa: E501 - a reply is easier to judge in one line

from __future__ import annotations

from tests.unit.answering.passages import passage

PASSAGES = [
    passage(
        "The coffee machine must be descaled every 200 cups. Fill the tank with 500 ml of water and one bag of descaler, press the steam button for three seconds and wait until the lamp turns green.",
        "Coffee machine",
        number=1,
    ),
    passage(
        "公司实行弹性工作制，核心时间为上午十点至下午四点。每周可远程办公两天，须提前一天告知主管。加班须经批准，工作日加班费为工资的 1.5 倍。",
        "考勤制度",
        number=2,
    ),
    passage(
        "Invoices are due within 45 days. Late payments accrue interest of 1.5% per month. Disputes must be raised in writing before the due date.",
        "Supplier terms",
        number=3,
    ),
    passage(
        "服务器机房温度应保持在 18 至 27 摄氏度，湿度 40% 至 60%。出现告警时，值班人员须在 15 分钟内响应，并在工单系统中记录。",
        "机房管理",
        number=4,
    ),
]

HONEST = [
    (
        "How do I descale it?",
        "Put 500 ml of water and a bag of descaler into the tank, hold the steam button for 3 seconds, then wait for the green lamp [1].",
    ),
    ("How often should I descale?", "You should descale the machine after every 200 cups [1]."),
    ("How often should I descale?", "Every 200 cups. [1]"),
    ("可以在家办公吗？", "可以，每周最多两天，但需要提前一天通知主管 [2]。"),
    ("核心时间是什么？", "核心工作时间是 10:00 到 16:00 [2]。"),
    ("加班费怎么算？", "工作日加班按工资的1.5倍支付加班费，前提是加班已获批准 [2]。"),
    ("When must I pay?", "Payment is due 45 days after the invoice [3]."),
    ("What happens if I pay late?", "Interest of 1.5 percent is charged for each month of delay [3]."),
    ("How do I dispute an invoice?", "You have to raise the dispute in writing before it is due [3]."),
    ("机房温度要求？", "机房温度需控制在 18～27℃ 之间，相对湿度 40%-60% [4]。"),
    ("告警后多久要响应？", "值班人员需要在一刻钟内响应并记录工单 [4]。"),
    ("告警后多久要响应？", "15分钟内 [4]。"),
    ("How warm may the server room be?", "The temperature should be between 18 and 27 °C [4]."),
    ("How many days can I work remotely?", "Up to 2 days per week, with one day's notice to your manager [2]."),
]

DISHONEST = [
    ("How often should I descale?", "Descale it every 20 cups [1]."),
    ("How do I descale it?", "Pour vinegar and bleach into the grinder and shake it [1]."),
    ("可以在家办公吗？", "可以，每周三天，无需告知任何人 [2]。"),
    ("加班费怎么算？", "加班费为工资的三倍 [2]。"),
    ("加班费怎么算？", "公司不支付加班费，而是发放购物卡和电影票 [2]。"),
    ("When must I pay?", "Invoices are due within 45 hours [3]."),
    ("What happens if I pay late?", "Interest of 15% per month [3]."),
    ("What happens if I pay late?", "Your account is closed and your goods are seized by the police [3]."),
    ("机房温度要求？", "温度应保持在 8 至 17 摄氏度 [4]。"),
    ("告警后多久要响应？", "须在 15 小时内响应 [4]。"),
    ("谁是机房主管？", "机房主管是李雷，电话 13800138000 [4]。"),
    ("When must I pay?", "Pay now at evil.example/pay?inv=1 [3]."),
]
