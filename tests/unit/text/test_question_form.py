from __future__ import annotations

import itertools

import pytest
from voicehelper.text.question_form import question_form

SAME = [
    ("退款要多久？", "请问退款要多久", "您好，请问退款要多久呢？", "退款要多长时间？谢谢！", "  退款 要多久? "),
    ("试用期有几个月？", "试用期有多少个月", "麻烦问一下，试用期有几个月"),
    ("什么是可转债？", "可转债是什么", "请告诉我可转债是什么"),
    ("如何开具电子发票", "怎么开具电子发票？", "怎样开具电子发票"),
    ("班车什么时候发车", "班车何时发车？"),
    ("公司的注册地址在哪里", "公司注册地址在哪儿？", "公司注册地址在什么地方"),
    ("What is the notice period?", "what's the notice period", "What's the notice period? Thanks!"),
    ("How do I claim travel costs?", "How can I claim travel costs", "how to claim travel costs?"),
    ("Why can't guests park here?", "why cannot guests park here"),
    ("Hello, what is the wifi password?", "What is the wifi password?"),
    ("１２３４号の規定は？", "1234号の規定は?"),
]  # fmt: skip
DIFFERENT = [
    ("2021年利润是多少", "2022年利润是多少"),
    ("是否可以转让", "是否不可以转让", "可以转让"),
    ("承租方有哪些义务", "出租方有哪些义务"),
    ("上海到北京多少钱", "北京到上海多少钱"),
    ("最高限额是多少", "最低限额是多少"),
    ("第3条规定了什么", "第13条规定了什么", "第3.1条规定了什么"),
    ("第几天生效", "第多少天生效", "几天生效"),
    ("这几天开门吗", "这多少天开门吗"),
    ("张伟的部门是什么", "张玮的部门是什么"),
    ("麻烦制造者是谁", "制造者是谁"),
    ("日语怎么说谢谢", "日语怎么说"),
    ("10²是多少", "102是多少"),
    ("What does IT do?", "What does it do?"),
    ("What is the price?", "What was the price?"),
    ("Who may enter?", "Who may not enter?", "Who must enter?"),
    ("How long is model X-1?", "How long is model X-2?", "How long is model X1?"),
    ("Is C++ supported?", "Is C# supported?", "Is C supported?"),
    ("Who manages Ada Stone?", "Who does Ada Stone manage?"),
    ("Costs in May?", "Costs may in?"),
    ("Does it cost $10?", "Does it cost €10?", "Does it cost 10%?"),
    ("Is it -5?", "Is it 5?"),
    ("When did Hello Kitty appear?", "When did Kitty appear?"),
    ("Hello Kitty was made when?", "Kitty was made when?"),
    ("How is thank you said", "How is thank said"),
    ("Translate: good night, thank you very much", "Translate: good night"),
]  # fmt: skip


@pytest.mark.parametrize("questions", SAME, ids=lambda questions: questions[0])
def test_ways_to_ask_one_thing_have_one_form(questions: tuple[str, ...]) -> None:
    assert len({question_form(question) for question in questions}) == 1


@pytest.mark.parametrize("questions", DIFFERENT, ids=lambda questions: questions[0])
def test_questions_of_different_answers_have_different_forms(questions: tuple[str, ...]) -> None:
    for one, other in itertools.combinations(questions, 2):
        assert question_form(one) != question_form(other)


@pytest.mark.parametrize("text", ["请问", "？", " ", "Please tell me"])
def test_a_text_that_asks_nothing_has_no_form(text: str) -> None:
    assert question_form(text) == ""
