"""The fields that a column can be, as the page and the template name them."""

from __future__ import annotations

FIELD_LABELS = {
    "external_id": "来源编号",
    "title": "标题",
    "body": "内容",
    "occurred_at": "时间",
    "author": "姓名或昵称",
    "phone": "联系电话",
    "district": "区县",
    "place": "地点",
    "nature": "诉求性质",
    "urgent": "紧急",
    "reply": "答复",
    "replied_at": "答复时间",
    "likes": "点赞数",
    "dislikes": "反对数",
    "comments": "评论数",
    "shares": "转发数",
    "source_url": "链接",
}
