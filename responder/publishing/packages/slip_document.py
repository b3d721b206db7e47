"""The return slip as a Word file to official format."""

from __future__ import annotations

from io import BytesIO
from zoneinfo import ZoneInfo

from responder.core import official_word as word
from responder.core.times import chinese_date, local
from responder.publishing.packages.models import ReturnSlip


def slip_document(slip: ReturnSlip, sender: str, zone: ZoneInfo) -> bytes:
    """One A4 page: to whom, which document, what is missing, why, by whom, when."""
    document = word.new_document(f"退件单 {slip.number}", slip.issued_at)
    word.add_title(document, "退件单")
    word.add_line(document, f"（{slip.number}）", word.HEADING_FONTS[1], centred=True)
    word.add_line(document, "")
    word.add_line(document, f"{slip.addressee}：")
    word.add_body(document, f"你单位报送的《{slip.title}》，经审核，现予退回。")
    if slip.missing:
        word.add_heading(document, "一、缺少的材料", 1)
        word.add_body(document, f"{slip.missing}。")
    word.add_heading(document, "二、退件理由" if slip.missing else "退件理由", 1)
    for line in slip.reason.splitlines():
        if line.strip():
            word.add_body(document, line.strip())
    word.add_body(
        document, "请补齐或修改后重新报送，文件与解读同步组织、同步审签、同步部署、同步发布。"
    )
    word.add_line(document, "")
    for text in (
        f"{sender}（经办：{slip.issued_by_name}）",
        chinese_date(local(slip.issued_at, zone).date()),
    ):
        word.add_line(document, text).alignment = 2
    output = BytesIO()
    document.save(output)
    return output.getvalue()
