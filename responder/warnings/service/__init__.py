"""Verbs and questions on warnings."""

from responder.warnings.service.channels import (
    ChannelFacts,
    add_channel,
    channels,
    counts,
    deliveries,
    edit_channel,
    find_channel,
    may_send_again,
    send_again,
    switch_channel,
    try_out,
)
from responder.warnings.service.mine import (
    address_of,
    mark_all_read,
    mark_read,
    mark_unread,
    mine,
    set_address,
    unread_count,
)
from responder.warnings.service.steps import (
    StepFacts,
    add_step,
    edit_step,
    find_step,
    steps,
    switch_step,
)

__all__ = [
    "ChannelFacts",
    "StepFacts",
    "add_channel",
    "add_step",
    "address_of",
    "channels",
    "counts",
    "deliveries",
    "edit_channel",
    "edit_step",
    "find_channel",
    "find_step",
    "mark_all_read",
    "mark_read",
    "mark_unread",
    "may_send_again",
    "mine",
    "send_again",
    "set_address",
    "steps",
    "switch_channel",
    "switch_step",
    "try_out",
    "unread_count",
]
