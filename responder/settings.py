"""Every setting of the product: typed, described, read from ``RESPONDER_*``."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from responder.core import colours, session_key
from responder.core.errors import SettingsError
from responder.core.permissions import Role

PREFIX = "RESPONDER_"
KEY_LEAST, KEY_DIFFERENT = 32, 10  # characters of a key that signs sessions
GIVEN_LEAST = 20  # characters of a secret that somebody else's service hands out
KNOWN_IN_KEYS = ("change", "secret", "password", "example", "responder", "your-", "placeholder")
SIX_MONTHS = 184  # days, where they are longest: March to August
LEAST_CONTRAST = 4.5  # of words on their ground, by WCAG 2

# Not settings: for `responder init` alone, for backups alone, for tests and benchmarks.
FOREIGN_NAMES = frozenset(
    {"RESPONDER_ADMIN_PASSWORD", "RESPONDER_BACKUP_PASSPHRASE", "RESPONDER_REAL_DATA"}
)


class Settings(BaseSettings):
    """What an office may change without touching code."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    state_dir: Path = Field(
        Path("var"),
        description="存放数据库、密钥和上传文件的目录；两个实例用两个目录即可并行运行",
    )
    database_url: str = Field(
        "", description="数据库地址；留空则使用 state_dir 下的 SQLite，可填 postgresql+psycopg://…"
    )
    secret_key: str = Field(
        "", description="签名会话与表单的密钥；留空则首次启动时生成并存于 state_dir"
    )
    identity_key_file: str = Field(
        "",
        description="加密来电人身份信息的密钥文件；留空则为 state_dir 下的 identity_keys，"
        "由 responder init 生成，须与数据库一同备份、分开存放",
    )
    public_lines: str = Field(
        "",
        description="本单位对外公布的电话、邮箱和微信号，以顿号或逗号分隔；"
        "公开内容中出现这些不算个人信息",
    )
    secure_cookies: bool = Field(
        False, description="只经 HTTPS 发送会话 Cookie；以 HTTPS 对外服务时应设为 true"
    )
    session_idle_minutes: int = Field(
        60,
        ge=5,
        le=720,
        description="登录后多少分钟没有操作即须重新登录；起草和登记来电时的自动暂存也算操作",
    )
    session_hours: int = Field(
        12, ge=1, le=72, description="一次登录最长多少小时，到时须重新登录，即使一直在操作"
    )
    code_roles: str = Field(
        "",
        description="哪些岗位登录须用动态口令，逗号分隔的岗位代码，建议 administrator,signer；"
        "还没有启用的人登录后先启用",
    )
    oidc_issuer: str = Field(
        "",
        description="统一身份认证（OIDC）服务的 issuer 地址，也可填发现文档的地址；留空则不用。"
        "须安装 responder[oidc]；内网主机须列入 RESPONDER_SOURCE_PRIVATE_HOSTS",
    )
    oidc_client_id: str = Field("", description="在统一身份认证服务登记的客户端编号")
    oidc_client_secret: str = Field("", description="该客户端的密钥，由统一身份认证服务发放")
    oidc_claim: str = Field(
        "sub",
        pattern=r"^[A-Za-z_][\w:/.-]*$",
        description="管理员按统一身份认证给出的哪一项绑定人员；sub 以外的，"
        "如 preferred_username，须是本人改不了的，只在首次登录时核对，此后认 sub",
    )
    oidc_label: str = Field(
        "", description="登录页上统一身份认证按钮的文字；留空则为“统一身份认证登录”"
    )
    oidc_second_step: str = Field(
        "",
        description="统一身份认证的哪些 amr 或 acr 值算作已做第二步验证，逗号分隔，如 mfa,otp；"
        "留空则一概不算，启用了动态口令的人仍须输入",
    )
    password_least: int = Field(
        10, ge=8, le=64, description="密码最少多少位；常见的、重复的、与用户名或单位名相近的不接受"
    )
    sign_in_keep_days: int = Field(
        365,
        ge=SIX_MONTHS,
        le=3650,
        description="登录记录保留的天数，不少于六个月（网络安全法第二十一条），即至少 184 天",
    )
    log_days: int = Field(
        366,
        ge=SIX_MONTHS,
        le=3650,
        description="运行日志保留的天数，不少于六个月（网络安全法第二十一条），即至少 184 天",
    )
    timezone: str = Field("Asia/Shanghai", description="页面与期限计算所用的时区")
    site_name: str = Field("回应台", description="工作台显示的名称")
    notice: str = Field("", description="显示在每页顶端的提示，例如“试运行”")
    city_name: str = Field("本市", description="公开栏目显示的城市名称")
    publisher_name: str = Field(
        "本市人民政府新闻办公室", description="公开栏目的发布机构，写入条目和索引号"
    )
    public_name: str = Field(
        "", description="公开栏目页首的名称，如“某某市人民政府”；留空则用城市名称"
    )
    public_accent: str = Field(
        "",
        description="公开栏目的主色，如 #9a2b23；须与白色有足够反差（4.5）；深色下自动调亮",
    )
    public_logo: str = Field(
        "", description="公开栏目页首的徽标：state_dir 下 .svg、.png 或 .jpg 的文件名"
    )
    public_footer: str = Field(
        "", description="公开栏目页脚的文字，各行以 | 分隔，如“主办：…|备案号：…|网站标识码：…”"
    )
    public_url: str = Field(
        "", description="公开栏目的外部地址，写入订阅源的链接；留空则用访问者所用的地址"
    )
    desk_url: str = Field(
        "",
        description="工作台的外部地址，写入预警消息、报告、日历订阅和接口说明里的链接；"
        "留空则页面上用访问者所用的地址，预警消息和控制台导出的报告不带链接",
    )
    own_proxies: int = Field(
        0,
        ge=0,
        le=5,
        description="网页服务前面有几层自己的反向代理；群众评价和登录按 X-Forwarded-For 中"
        "相应的地址限次",
    )
    import_max_megabytes: int = Field(
        100, ge=1, le=2048, description="导入文件大小上限（MB），解压后不得超过其十倍"
    )
    import_max_cell_characters: int = Field(
        20_000, ge=100, description="导入时单元格的字数上限，超出的行退回"
    )
    import_chunk_rows: int = Field(
        500, ge=1, description="导入时每次提交的行数；中断后从未提交处继续"
    )
    source_private_hosts: str = Field(
        "",
        description="来源可以访问的内部主机或网段，逗号分隔，如 rsshub.intra:1200, 10.1.0.0/16；"
        "留空则只访问公网的标准端口",
    )
    source_folder_roots: str = Field(
        "", description="监视文件夹的根目录，逗号分隔；留空则为 state_dir 下的 inbox"
    )
    source_fetch_seconds: int = Field(
        15, ge=1, le=25, description="取一次来源的总时限（秒），含解析、连接、重定向和下载"
    )
    source_fetch_megabytes: int = Field(
        5, ge=1, le=100, description="一次取回内容的上限（MB），按解压后计算"
    )
    import_keep_days: int = Field(
        30,
        ge=1,
        description="网页上传的文件和退回的行保留的天数；导入完成后原文件随即删除",
    )
    draft_slip_days: int = Field(
        7, ge=1, le=365, description="起草时自动暂存、没有保存的文字保留的天数"
    )
    event_file_max_megabytes: int = Field(
        50, ge=1, le=1024, description="发布活动的一个文件的大小上限（MB）"
    )
    package_reminder_days: int = Field(
        5,
        ge=1,
        le=60,
        description="政策文件拟发布日期前多少个工作日起，提醒解读方案和解读材料还没有齐",
    )
    topic_window_days: int = Field(365, ge=1, description="参与聚合的留言距统计时点的最长天数")
    api_requests_per_minute: int = Field(
        600, ge=1, description="每个接口令牌每分钟的请求数上限，所有网页进程合计；超出的答 429"
    )
    api_idempotency_hours: int = Field(
        48, ge=24, le=72, description="推送接口记住 Idempotency-Key 及其回答的小时数"
    )
    metrics_token: str = Field(
        "",
        description="读取 /metrics 所需的令牌（Authorization: Bearer …）；"
        "留空则只有本机不经代理可以读取",
    )
    scheduler_interval_seconds: int = Field(20, ge=1, description="调度器检查定时发布的间隔（秒）")

    @field_validator("state_dir")
    @classmethod
    def _a_folder(cls, value: Path) -> Path:
        if os.path.exists(value) and not os.path.isdir(value):
            raise ValueError(f"{value} 不是目录：请填写一个目录，没有时会自动建立")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"未知时区 {value!r}") from error
        return value

    @field_validator("code_roles")
    @classmethod
    def _known_roles(cls, value: str) -> str:
        if unknown := sorted(_words(value) - set(Role)):
            raise ValueError(f"没有岗位 {'、'.join(unknown)}：可用的有 {'、'.join(Role)}")
        return value

    @field_validator("public_accent")
    @classmethod
    def _readable_accent(cls, value: str) -> str:
        if not value:
            return value
        colour = colours.parse(value)
        if colour is None:
            raise ValueError(f"{value!r} 不是颜色：请写作 # 加六位十六进制数，如 #9a2b23")
        contrast = colours.contrast(colour, colours.WHITE)
        if contrast < LEAST_CONTRAST:
            raise ValueError(
                f"{value} 与白色的反差只有 {contrast:.1f}，文字看不清：请换深一些的颜色，"
                f"反差至少 {LEAST_CONTRAST}"
            )
        return value

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def roles_with_codes(self) -> frozenset[str]:
        """The roles whose holders sign in with a one-time code."""
        return frozenset(_words(self.code_roles))

    @property
    def oidc_second_steps(self) -> frozenset[str]:
        """What the identity provider may say that counts as a second step."""
        return frozenset(_words(self.oidc_second_step))

    @property
    def resolved_identity_keys(self) -> Path:
        """The file that holds the keys of stored identities."""
        return Path(self.identity_key_file or self.state_dir / "identity_keys")

    @property
    def logs(self) -> Path:
        """Where the processes that serve write what they did, a file a day."""
        return self.state_dir / "logs"

    @property
    def topic_memory(self) -> Path:
        """Where a refresh of topics keeps what spares the next one reading all again."""
        return self.state_dir / "topics"

    @property
    def uploads(self) -> Path:
        """Where uploaded files wait for their import."""
        return self.state_dir / "uploads"

    @property
    def errand_files(self) -> Path:
        """Where the results of errands wait to be fetched, a day at most."""
        return self.state_dir / "errands"

    @property
    def event_files(self) -> Path:
        """Where the files of press events lie, each under its digest."""
        return self.state_dir / "event-files"

    @property
    def application_files(self) -> Path:
        """Where the files of applications for disclosure lie, each content under its digest."""
        return self.state_dir / "application-files"

    @property
    def package_files(self) -> Path:
        """Where the files of policy documents lie, each under its digest."""
        return self.state_dir / "package-files"

    @property
    def task_files(self) -> Path:
        """Where the evidence of the year's tasks lies, each content under its digest."""
        return self.state_dir / "task-files"

    @property
    def training_files(self) -> Path:
        """Where the files of trainings and meetings lie, each under its digest."""
        return self.state_dir / "training-files"

    @property
    def finding_files(self) -> Path:
        """Where the evidence on findings lies, each file under its digest."""
        return self.state_dir / "finding-files"

    @property
    def resolved_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.state_dir.resolve() / 'responder.db'}"

    @property
    def secret_key_file(self) -> Path:
        """Where the key that signs sessions lies, unless one is configured."""
        return self.state_dir / "secret_key"

    def resolved_secret_key(self) -> str:
        """The configured key, or the one beside the data, or one for this process alone.

        Nothing is written: a command that only asks leaves no trace.
        """
        if self.secret_key:
            return self.secret_key
        if self.secret_key_file.exists():
            return session_key.read(self.secret_key_file)
        return session_key.new()

    def keep_secret_key(self) -> None:
        """Make the state folder and, once, the key that signs sessions in it (mode 0600).

        :raises SettingsError: the folder cannot be written.
        """
        try:
            self.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self.secret_key and not self.secret_key_file.exists():
                session_key.write_once(self.secret_key_file)
        except OSError as error:
            raise SettingsError(
                f"无法写入 {self.state_dir}（{error.strerror}）：请检查目录权限，"
                "或用 RESPONDER_STATE_DIR 指定可写目录"
            ) from error


def _words(listed: str) -> set[str]:
    return {word.strip() for word in listed.replace("，", ",").split(",") if word.strip()}


def load_settings() -> Settings:
    """Settings from the environment.

    :raises SettingsError: one sentence naming each unknown or ill-typed setting.
    """
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | FOREIGN_NAMES
    unknown = sorted(
        name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known
    )
    if unknown:
        raise SettingsError(
            f"未知设置 {'、'.join(unknown)}：可用的设置见 responder settings，请改正或删除"
        )
    try:
        settings = Settings()
    except ValidationError as error:
        problems = "；".join(
            f"{PREFIX}{str(item['loc'][0]).upper()}：{item['msg']}" for item in error.errors()
        )
        raise SettingsError(f"设置有误：{problems}") from error
    if settings.secret_key and _is_weak(settings.secret_key):
        raise SettingsError(
            "RESPONDER_SECRET_KEY 太弱，别人可以伪造登录：请留空（自动生成），"
            "或用 openssl rand -base64 48 生成一个"
        )
    if settings.oidc_client_secret and _is_weak(settings.oidc_client_secret, GIVEN_LEAST):
        raise SettingsError(
            "RESPONDER_OIDC_CLIENT_SECRET 太弱，别人可以冒充本系统："
            "请在统一身份认证服务为这个客户端重新生成密钥，再填到这里"
        )
    if settings.metrics_token and _is_weak(settings.metrics_token):
        raise SettingsError(
            "RESPONDER_METRICS_TOKEN 太弱，别人可以读取 /metrics："
            "请留空（只有本机可以读取），或用 openssl rand -base64 48 生成一个"
        )
    return settings


def _is_weak(key: str, least: int = KEY_LEAST) -> bool:
    """Whether a key is short, of few characters, or one that stands in documents."""
    few = len(key) < least or len(set(key)) < KEY_DIFFERENT
    return few or any(word in key.lower() for word in KNOWN_IN_KEYS)
