"""People (人员), their roles, and units (责任单位)."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from flask_login import UserMixin
from sqlalchemy import ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.core.permissions import Actor, Role, permissions_of


class Unit(Audited, Base):
    """A department, county or company that answers for something (责任单位)."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    short_name: Mapped[str] = mapped_column(String(32), default="")
    matters: Mapped[str] = mapped_column(String(500), default="")


class User(UserMixin, Audited, Base):
    """Somebody who signs in (人员)."""

    __tablename__ = "user_account"
    __audit_masked__ = frozenset({"password_hash"})
    __audit_skip__ = frozenset({"last_signed_in_at"})

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(32), unique=True)
    display_name: Mapped[str] = mapped_column(String(64))
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default=false())
    last_signed_in_at: Mapped[datetime | None]
    version_id: Mapped[int] = mapped_column(default=1, server_default="1")
    unit: Mapped[Unit | None] = relationship()
    posts: Mapped[list[UserRole]] = relationship(
        back_populates="user", cascade="all, delete-orphan", lazy="selectin"
    )

    # Counted by whoever edits: signing in changes nothing that somebody could write over.
    __mapper_args__ = {"version_id_col": version_id, "version_id_generator": False}

    @property
    def is_active(self) -> bool:
        return self.active

    @property
    def seal(self) -> str:
        """Changes with the password, so that what was begun with the old one ends."""
        return sha256(self.password_hash.encode()).hexdigest()[:16]

    @property
    def roles(self) -> tuple[Role, ...]:
        return tuple(post.role for post in self.posts)

    @property
    def actor(self) -> Actor:
        """This person as the services and the audit trail know them."""
        return Actor(self.id, self.display_name, permissions_of(self.roles), self.unit_id)


class UserRole(Audited, Base):
    """A post that somebody holds (岗位)."""

    __tablename__ = "user_role"
    __table_args__ = (UniqueConstraint("user_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(choice(Role, "role"))
    user: Mapped[User] = relationship(back_populates="posts")
