"""Security headers on every answer."""

from __future__ import annotations

from flask import Flask, Response, current_app, request

from responder.web.access import PUBLIC, declared_access

# Bootstrap draws its small icons as data: images inside the stylesheet.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

# Of what a browser can do for a page, the product uses nothing but its own full screen.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "camera", "display-capture", "geolocation",
        "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment", "serial", "usb",
        "xr-spatial-tracking",
    )
)  # fmt: skip

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
}
# A year, once the office serves by HTTPS; its other hosts are its own concern.
ONLY_HTTPS = {"Strict-Transport-Security": "max-age=31536000"}


def init_app(app: Flask) -> None:
    secure = app.extensions["settings"].secure_cookies
    headers = HEADERS | ONLY_HTTPS if secure else HEADERS

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if not response.cache_control.max_age:
            if _is_public():
                response.headers.setdefault("Cache-Control", "no-store")
            else:  # a file that is sent says no-cache by itself, which lets it be stored
                response.headers["Cache-Control"] = "no-store"
        return response


def _is_public() -> bool:
    endpoint = request.endpoint
    return endpoint is not None and declared_access(current_app, endpoint) == PUBLIC
