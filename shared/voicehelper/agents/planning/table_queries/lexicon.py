"""What words of a question over a table do, and which names of columns mean the same. Constants, and ``PHRASES``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from voicehelper.agents.planning.table_queries.tokens import Tokens, tokens

Kind = Literal[
    "column", "value", "number", "aggregate", "by", "compare", "compare_after", "between", "superlative", "count",
    "respectively",
    "many", "distinct", "rows", "person", "lists", "is", "month_of", "year_of", "implied", "silent",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """``what`` is the function, the operator, the direction or the meaning, by ``kind``."""

    kind: Kind
    what: str = ""


_WORDS: Final[dict[tuple[Kind, str], str]] = {
    ("aggregate", "sum"): "total/sum/sum of/in total/altogether/combined/add up/added up/合计/总和/总计/总共/总额/"
    "汇总/一共/"
    "共计/加起来/累计/总/共",
    ("aggregate", "sum number"): "total number of/total count of/the total number of",
    ("aggregate", "avg"): "average/mean/avg/on average/平均/平均值/均值/平均数/人均",
    ("aggregate", "max"): "maximum/max/最大值/最高值",
    ("aggregate", "min"): "minimum/min/最小值/最低值",
    ("aggregate", "median"): "median/中位数/中位值",
    ("by", ""): "by/per/for each/for every/each/every/in each/in every/"
    "of each/grouped by/broken down by/split by/按/按照/"
    "依/分/根据/每/每个/每种/每位/每名/每家/每类/各/各个/各种/各类/不同/分组",
    ("compare", ">"): "over/above/more than/greater than/higher than/larger than/bigger than/exceed/exceeding/exceeded/"
    ">/超过/大于/高于/多于/超出/长于",
    ("compare", ">="): "at least/no less than/not less than/>=/≥/至少/不少于/不低于/不小于/大于等于/大于或等于/达到",
    ("compare", "<"): "under/below/less than/fewer than/lower than/smaller than/"
    "</低于/小于/少于/不足/不到/短于",
    ("compare", "<="): "at most/no more than/not more than/up to/<=/≤/至多/不超过/不高于/不多于/"
    "不大于/小于等于/小于或等于/最多为",
    ("compare", "="): "equal to/equals/exactly/=/等于",
    ("compare", "> age"): "older than",
    ("compare", "< age"): "younger than",
    ("compare", "> price"): "more expensive than/dearer than/贵于",
    ("compare", "< price"): "cheaper than/less expensive than/便宜于",
    ("compare", "> weight"): "heavier than/重于",
    ("compare", "< weight"): "lighter than/轻于",
    ("compare_after", ">="): "or more/or above/or higher/and above/以上/及以上/或以上",
    ("compare_after", "<="): "or less/or below/or fewer/and below/以下/以内/及以下/或以下/之内",
    ("between", ""): "between/介于/在",
    ("superlative", "desc"): "highest/largest/biggest/greatest/most/top/best/maximal/最高/最大/最多/前/排名前/居前",
    ("superlative", "asc"): "lowest/smallest/least/fewest/bottom/worst/最低/最小/最少/倒数",
    ("implied", "price desc"): "most expensive/priciest/costliest/dearest/最贵",
    ("implied", "price asc"): "cheapest/least expensive/最便宜/最廉价",
    ("count", ""): "how many/number of/the number of/count/count of/count the/多少个/多少条/多少笔/"
    "多少张/多少家/多少名/多少位/多少件/多少项/多少行/几个/几条/几笔/几张/几家/几名/几位/几项/几行/个数/条数/笔数/"
    "行数/数目/"
    "计数",
    ("distinct", ""): "how many different/how many distinct/how many unique/number of different/number of distinct/"
    "number of unique/多少种/几种/多少类/几类/多少个不同/几个不同/多少不同",
    ("many", ""): "多少/有多少/几",
    ("person", ""): "how many people/people/person/人/人数/多少人/几人/几个人",
    ("respectively", ""): "respectively/分别/各自/each of them",
    ("rows", ""): "row/record/entry/line/item/data row/记录/数据/条目/行/条/笔",
    ("lists", ""): "which/what are/list/show/show me/list all/who/哪些/哪个/哪一个/哪种/哪家/哪位/"
    "哪款/哪类/哪一/列出/谁/"
    "显示/列举/找出/哪几个/有哪些/分别有哪些",
    ("is", ""): "is/are/was/were/=/为/是",
    ("year_of", ""): "year/年/年度/年份",
    ("month_of", ""): "month/月/月份/月度",
    ("silent", ""): "the/a/an/of/for/in/on/at/to/with/has/have/had/do/does/did/there/that/it/its/our/all/any/please/me/"
    "give/tell/calculate/compute/find/get/what/what is/what was/what were/how much/value/amounts to/table/file/sheet/"
    "spreadsheet/csv/excel/xlsx/according to/based on/data/dataset/and/be/been/having/whose/where/whole/overall/"
    "would/could/can/you/i/s/from/placed/made/sold/work/worked/working/earned/sell/yuan/rmb/usd/dollar/euro/eur/"
    "kg/want/need/know/see/within/here/us/calculate the/summarize/summarise/"
    "quel/quelle/est/le/la/l/du/de/des/d/un/une/pour/dans/en/der/die/das/den/dem/ist/wie/hoch/von/für/im/was/wieviel/viel/"
    "cuál/es/el/los/las/del/cuánto/para/qual/é/o/da/do/il/per il/di/quanto/combien/¿/"
    ",/./?/!/:/;/'/\"/$/€/£/¥/。/，/？/！/：/；/、/“/”/(/)/《/》/"
    "的/了/在/里/中/和/与/及/请/请问/帮我/计算/统计/求/算/算一下/一下/查询/查/看/看看/给我/告诉我/有/都/所有/全部/"
    "表/表格/表中/"
    "表里/文件/数据/一个/是什么/什么/是多少/多少钱/元/块/美元/根据/这个/这张/我们/整体/总体/吗/呢/想知道/我想/个/"
    "名/位/家/"
    "种/款/类/件/台/情况/值/统计一下/它/把/对/进行/分布/出/到/至/之间/岁/公斤/共有/目前/现在",
}  # fmt: skip
PHRASES: Final[dict[Tokens, Word]] = {
    tokens(phrase): Word(kind, what) for (kind, what), text in reversed(_WORDS.items()) for phrase in text.split("/")
    if phrase
}  # fmt: skip
_NUMBERS: Final = (
    "one two three four five six seven eight nine ten",
    "一 二 三 四 五 六 七 八 九 十",
)
NUMBERS: Final = {word: n for row in _NUMBERS for n, word in enumerate(row.split(), start=1)} | {"两": 2}
SCALES: Final = {
    "万": 1e4, "千": 1e3, "百": 1e2, "亿": 1e8, "百万": 1e6, "k": 1e3, "thousand": 1e3, "million": 1e6, "billion": 1e9,
}  # fmt: skip
_MONTH_NAMES: Final = (
    "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sep sept|october oct|"
    "november nov|december dec"
)
MONTHS: Final = {
    name: number for number, names in enumerate(_MONTH_NAMES.split("|"), start=1) for name in names.split()
}
# Labels of rows that are sums of others.
_TOTALS: Final = "total|grand total|subtotal|sub total|sum|合计|总计|小计|总和|共计"
TOTALS: Final = frozenset(map(tokens, _TOTALS.split("|")))
# Units in a column's name that its numbers are already counted in: "销售额（万元）".
SCALED_UNITS: Final = ("万", "亿", "千元", "百万", "thousand", "million", "billion", "000", "(k")
COUNT_ENDS: Final = tuple(tokens(end) for end in ("数", "总数", "数量", "个数", "count"))
# Names of columns that mean the same. The first is what the group is called here.
_SAME: Final = (
    "price/unit price/prix/preis/precio/prezzo/preço/coûte/kostet/cuesta/costa/单价/价格/售价/价钱/定价/报价",
    "amount/金额/款额",
    "sale/revenue/turnover/营收/收入/营业额/销售额/销售收入/销售金额",
    "quantity/qty/quantité/menge/cantidad/unit/unit sold/数量/件数/销量/个数/台数",
    "stock/inventory/bestand/existencia/in stock/库存/存货/库存量",
    "cost/expense/spending/fee/成本/费用/支出/花费/开支",
    "profit/earning/利润/盈利",
    "budget/预算",
    "discount/折扣",
    "salary/wage/salaire/gehalt/salario/pay/paid/income/earn/工资/薪资/薪水/月薪/年薪/薪酬",
    "age/old/how old/年龄",
    "hour/working hour/工时/小时数/时长",
    "weight/weigh/重量",
    "score/rating/grade/分数/成绩/评分/得分",
    "region/area/zone/territory/地区/区域/大区/片区",
    "city/town/ville/stadt/ciudad/城市",
    "port/harbour/harbor/港口",
    "country/nation/país/国家",
    "province/state/省份/省",
    "department/dept/team/division/部门/科室/团队",
    "product/item/article/produit/produkt/producto/prodotto/produto/good/产品/商品/货品/品名/物料",
    "category/type/kind/class/类别/分类/类型/品类/种类",
    "customer/client/kunde/cliente/buyer/客户/顾客/买家",
    "supplier/vendor/fournisseur/lieferant/proveedor/供应商/供货商",
    "employee/staff/employé/mitarbeiter/empleado/worker/colleague/员工/职员/雇员/姓名",
    "salesperson/sale rep/sale representative/seller/销售员/销售人员/业务员",
    "warehouse/depot/仓库",
    "store/shop/branch/门店/店铺/分店",
    "channel/渠道",
    "brand/品牌",
    "project/项目",
    "order/订单/订单号",
    "invoice/bill/发票",
    "contract/合同",
    "status/状态",
    "date/day/日期/时间",
    "month/月份",
    "year/年份/年度",
    "quarter/季度",
    "position/role/job title/职位/岗位",
    "gender/sex/性别",
    "student/pupil/学生",
    "class/班级",
    "subject/course/科目/课程",
)
GROUPS: Final = tuple(tuple(tokens(name) for name in row.split("/")) for row in _SAME)
# What a name may end in without naming something else: "product name", "订单编号".
NAME_ENDS: Final = tuple(tokens(end) for end in ("name", "名称", "名"))
ID_ENDS: Final = tuple(
    tokens(end) for end in ("id", "no", "no.", "number", "code", "编号", "代码", "号", "编码", "sku", "#")
)
# Measures that may be added up; of others, such as prices, only means and extremes say something.
_ADDED: Final = (
    "amount/revenue/sale/turnover/quantity/qty/unit/cost/expense/spending/profit/budget/hour/total/volume/count/"
    "earning/"
    "stock/inventory/额/量/收入/营收/成本/费用/支出/利润/预算/件数/台数/人数/工时/开支/库存/花费/数/金额"
)
ADDED: Final = tuple(tokens(name) for name in _ADDED.split("/"))


def ends_with(name: Tokens, end: Tokens) -> bool:
    return name[len(name) - len(end) :] == end


def groups_of(name: Tokens) -> Iterator[tuple[Tokens, ...]]:
    """Those whose member the name is, or ends in: "net price" is a price."""
    for group in GROUPS:
        if any(ends_with(name, member) for member in group):
            yield group
