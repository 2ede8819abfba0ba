from __future__ import annotations

import base64
import random
import zlib

from voicehelper.errors import RejectedError
from voicehelper.ingestion.parse import parse_document

from tests.unit.ingestion.samples import texts

# A workbook of xlwt, which is no longer maintained and so no dependency: formats, a hidden row, a hidden sheet, two
# tables with bold heads, the second below a merged title.
BOOK = zlib.decompress(
    base64.b85decode(
        "c-rk4OH30{aNf4tZp*JgF#(gNDS`?pA1_{@NI<-R2pWws(b6u`P>NZ4!Goem;>E<olg0}MHC|9Jej*x8Ja{m{=s{y*0)8%XGSS2Xu+E!"
        "(OA0OtB-)7CY2LgypEqxIcHX?#eKnOoJ$AQb29`ksIAB5dfGds1uz5_v2PoHdJ~Vp;n{LCp0*`_((j~*AoR@C?4*C0@0SWFnpCJbLi0u"
        "fRfcAl;8q6Rxkq;5ZeW+(n%smONV#|eM@~ePwlyD*8+oU^5xRE#)2-l<TG&>Aa;r5E1B99MAA(G`HW^kY8yeCdA6u}Fg$EPncLsy1fT0"
        "D~Y2LucSlTyYP4>+@7956dt)ugI%+5^|Y2~e}WrYztrgc}$~D6J|jMMh09)N-IR6maIjP4EK5V%7cq)k6r=;K%G5haY+n;JaByo(64xX"
        "88<||8ptdy#ilZfzK1bitoi-u;OQ7GA!p`k}!paK|jX$9vp=n*d%j_44sjbI>;GyijjuRTBIj62O7^aYFMTAN3?iP56<Z7jc6+N9a=of"
        "`>uF0syYCgBST2F$B*}>klLGw;iNV-rD}t+7~uMQB8db_+qTtm-2pAtOH>`|4ysX2O?mm5M>W#7q(<gY<;X@HgFG7NQ~mH^%;s)=d)?O"
        "E5k5+sVLBI$)3b~}Gw5)J&%nvKBr(oZE~%gym4wfd)r~YRA?(LcU|-%*BnG=jNaq|$%W<6@1aHEd)5cqHJUYAYL16S#cq@)4T4zrBC*F"
        "p~AcQN&a6bQyKozTES1xmS7&dz*>g)%?#lO{DMe+&Xb#X<=gL%H~5%LKe6ps#Dq$Ck5gK{9{5Vn|wEk@OzN5_Hj;=UG&9Qqu7j1qn__+"
        "j?E8|&BCClcD?mLv;H#<?L2OH!JpcVtN-OHH_75nOw2T5^!bhNYme<RD8t4^By(;+87KGstQB=E^eZ^W=GgZ$Jh{esgV?g|>^Lr-%r-D"
        "0&`Y-EE=oChK0I?<VV6LSM1aS4cmb?=?w5%JAk3#abp`88k=*aF5QK#<Uw?CUyf`#Orl8FpJ$#fH49is$dmW8*H$_1{-Y1Brv)k0NrSu"
        "bo(|=bhr4fGmmY-{!H@ULMII1FNOcjS|EwN219GgpA8^0(-vFh9P@i2hl9Af27S;?e)O$5fAL1f(w}G56McVf3$1nig|+zkm)HLVM#D_"
        "2"
    )
)


def test_an_older_workbook_reads_as_it_shows() -> None:
    document = parse_document(BOOK, "rates.xls")

    assert texts(document) == [
        "Tariff: Day | Share: 62.5% | Price: 1,234.50 EUR | Since: 01/03/2023",
        "Tariff: Night | Share: 37.5% | Price: 80.00 EUR | Since: 01/03/2024",
        "Meters",
        "Meter: M-1 | Hall: North",
        "Meter: M-2 | Hall: TRUE",
    ]
    assert document.warnings == ("hidden_sheets", "hidden_rows")
    assert document.blocks[-1].heading_path == ("Rates", "Meters")


def test_a_damaged_workbook_is_read_or_refused() -> None:
    chance = random.Random(7)
    for _ in range(60):
        content = bytearray(BOOK)
        for _ in range(chance.randint(1, 8)):
            content[chance.randrange(8, len(content))] = chance.randrange(256)
        try:
            parse_document(bytes(content), "rates.xls")
        except RejectedError:
            continue
