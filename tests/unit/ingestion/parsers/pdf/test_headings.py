from __future__ import annotations

import pytest
from reportlab.platypus import Paragraph
from voicehelper.ingestion.parsers.pdf.headings import Decision, heading_decisions
from voicehelper.ingestion.parsers.pdf.lines import Line, Segment
from voicehelper.ingestion.parsers.pdf.style import DocumentStyle
from voicehelper.ingestion.parsers.pdf.word import Word

from tests.unit.ingestion.parsers.pdf.pages import STYLES, parse_flowed, sentence

STYLE = DocumentStyle(size=10.0, weight=400, heading_sizes=(16.0, 12.0), outline={(1, "annextables"): 2})


def line(text: str, *, top: float = 100, size: float = 10, weight: int = 400, right: float = 200) -> Line:
    """A line of a region that reaches from 50 to 500."""
    word = Word(text, 50, top, right, top + size, weight)
    return Line([Segment([word], 50, top, right, top + size, 0)], 0, 50, 500, usual_gap=2)


def decide(*lines: Line, at: int = 0) -> Decision:
    return heading_decisions(lines, 1, STYLE)[at]


@pytest.mark.parametrize(
    ("candidate", "rule"),
    [
        (line("Annex tables"), "listed_in_outline"),
        (line("Safety rules", size=16), "much_larger"),
        (line("Safety rules", size=12), "larger_and_short"),
        (line("3 Safety rules", weight=700), "bold_and_numbered_or_alone"),
        (line("2.1 Terms of use"), "numbered_subsection"),
        (line("Appendix B Forms"), "chapter_wording"),
        (line("The pump starts"), "plain_text"),
        (line("• Safety rules", size=16), "worded_unlike_heading"),
        (line("Call the hotline.", size=16), "worded_unlike_heading"),
    ],
)
def test_a_decision_names_the_first_rule_that_applies(candidate: Line, rule: str) -> None:
    decision = decide(candidate)

    assert decision.rule == rule
    assert bool(decision.level) == (rule not in ("worded_unlike_heading", "plain_text"))


def test_a_full_line_in_larger_type_that_continues_is_no_heading() -> None:
    decision = decide(line("Inspect the valve", size=12, right=495), line("every thirty days", top=114, size=12))

    assert decision == Decision(0, "continues_on_next_line")


def test_the_end_of_a_sentence_in_larger_type_is_no_heading() -> None:
    decision = decide(line("Inspect it", size=12, right=495), line("every month", top=114, size=12), at=1)

    assert decision == Decision(0, "ends_sentence_above")


def test_larger_headings_enclose_smaller_ones_and_the_outline_comes_first() -> None:
    levels = [
        decide(candidate).level
        for candidate in (line("Annex tables"), line("Part", size=16), line("Unit", size=12), line("2.1 Terms of use"))
    ]

    assert levels == sorted(levels)
    assert len(set(levels)) == 4


def test_headings_by_size_and_number_make_the_heading_path() -> None:
    story = []
    for chapter in (1, 2):
        story += [Paragraph(f"{chapter} Chapter", STYLES["Heading1"])]
        for part in (1, 2):
            story += [
                Paragraph(f"{chapter}.{part} Part", STYLES["Heading2"]),
                Paragraph(sentence(part) * 4, STYLES["BodyText"]),
            ]
    parsed = parse_flowed(story)
    paths = [block.heading_path for block in parsed.blocks if block.kind == "paragraph"]

    assert paths == [(f"{c} Chapter", f"{c}.{p} Part") for c in (1, 2) for p in (1, 2)]
