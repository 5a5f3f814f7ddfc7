"""The pages in a real browser, in both themes. Skipped where no Chromium is: CHROMIUM names one."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from tests.support.browser import CHROMIUM, chromium, log_in, make_login, served
from tests.support.project import IS_POSTGRESQL, Project, create_database, drop_database

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, StorageState

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: install Debian's chromium, or set CHROMIUM"),
    pytest.mark.skipif(IS_POSTGRESQL, reason="a browser sees the same on SQLite"),
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, migrated: Project) -> Iterator[Project]:
    """A database with a failed attempt, a replaced one, and one applied."""
    created = create_database("shop", tmp_path_factory.mktemp("shop"), migrated)
    created.seed("--users", "1", "--orders", "5")
    created.query("CREATE UNIQUE INDEX only_one ON users (is_active)")
    assert created.run("seed", "--seed-version", "v2", "--users", "50", "--orders", "800").returncode == 1
    created.query("DROP INDEX only_one")
    created.seed("--seed-version", "v3", "--users", "50", "--orders", "800")
    make_login(created)
    yield created
    drop_database(created)


@pytest.fixture(scope="module")
def address(shop: Project) -> Iterator[str]:
    with served(shop) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with chromium() as started:
        yield started


class Watch:
    """Notes what a page must not do."""

    def __init__(self, context: "BrowserContext", address: str) -> None:
        self.faults: list[str] = []
        context.on("console", lambda m: self._note(m.type in ("error", "warning"), f"console: {m.text}"))
        context.on("weberror", lambda e: self._note(True, f"error: {e.error}"))
        # Where a request is aborted, the page was left before it had everything.
        context.on("requestfailed", lambda r: self._note(r.failure != "net::ERR_ABORTED", f"{r.failure}: {r.url}"))
        context.on("response", lambda r: self._note(r.status >= 400, f"{r.status}: {r.url}"))
        context.on("request", lambda r: self._note(not r.url.startswith(address), f"elsewhere: {r.url}"))

    def _note(self, is_fault: bool, text: str) -> None:
        if is_fault:
            self.faults.append(text)


@pytest.fixture(scope="module")
def logged_in(browser: "Browser", address: str) -> "StorageState":
    """The cookies of a superuser who has logged in."""
    context = browser.new_context()
    watch = Watch(context, address)
    log_in(context.new_page(), address)
    cookies = context.storage_state()
    context.close()
    assert watch.faults == []
    return cookies


@pytest.fixture(params=["light", "dark"])
def page(
    request: pytest.FixtureRequest, browser: "Browser", address: str, logged_in: "StorageState"
) -> Iterator["Page"]:
    """A page of that superuser; whatever goes wrong on it fails the test."""
    context = browser.new_context(
        color_scheme=request.param, viewport={"width": 1280, "height": 900}, storage_state=logged_in
    )
    watch = Watch(context, address)
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()
    assert watch.faults == []


def attempts(shop: Project) -> dict[str, int]:
    return dict(shop.query("SELECT status, id FROM seed_metadata"))


def test_pages__open_without_a_fault(page: "Page", address: str, shop: Project) -> None:
    ((user, order),) = shop.query("SELECT user_id, id FROM orders WHERE status = 'pending' ORDER BY id LIMIT 1")
    keys = attempts(shop)
    paths = [
        "orders/order/",
        "orders/order/?status__exact=pending&q=a",
        "orders/order/add/",
        f"orders/order/{order}/change/",
        f"orders/order/{order}/delete/",
        f"orders/order/?user={user}",
        "orders/payment/",
        f"orders/payment/{order}/change/",
        "accounts/user/",
        "accounts/user/?is_staff__exact=1",
        "accounts/user/add/",
        f"accounts/user/{user}/change/",
        f"accounts/user/{user}/password/",
        "seeding/seedmetadata/",
        "seeding/seedmetadata/?status__exact=failed",
        *(f"seeding/seedmetadata/{key}/change/" for key in keys.values()),
        f"seeding/seedmetadata/{keys['success']}/delete/",
        "seeding/",
        "password_change/",
    ]
    is_light = page.evaluate("matchMedia('(prefers-color-scheme: light)').matches")
    ground = "rgb(255, 255, 255)" if is_light else "rgb(18, 18, 18)"
    for path in paths:
        answer = page.goto(f"{address}/admin/{path}")
        assert answer is not None
        assert answer.status == 200, path
        assert answer.headers["content-security-policy"].startswith("default-src 'self'"), path
        shown = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert shown == ground, path


def test_pages__have_pictures_with_text(page: "Page", address: str) -> None:
    page.goto(f"{address}/admin/orders/order/")
    pictures = page.get_by_role("img", name="Orders a month: ")
    assert pictures.count() == 1
    assert page.locator("figure [role=img]").count() == 2
    for picture in page.locator("figure [role=img]").all():
        name = page.evaluate(
            "svg => document.getElementById(svg.getAttribute('aria-labelledby')).textContent", picture.element_handle()
        )
        assert len(name) > 30
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for part in ("completed", "pending", "processing", "total"):
        colour = page.evaluate(
            "part => getComputedStyle(part).fill", page.locator(f".chart rect.{part}").first.element_handle()
        )
        assert contrast(colour, ground) >= 3, (part, colour, ground)
    ticks = page.locator(".chart .tick").all()[:3]
    assert len(ticks) == 3
    for tick in ticks:
        assert contrast(page.evaluate("t => getComputedStyle(t).fill", tick.element_handle()), ground) >= 4.5


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours like rgb(1, 2, 3), after WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_pages__are_reachable_by_keyboard(page: "Page", address: str, shop: Project) -> None:
    page.goto(f"{address}/admin/orders/order/")
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate("(document.activeElement.innerText || document.activeElement.name || '').trim()")
        reached.append(focused)
        if focused.startswith("Numbers") and "Orders a month" in focused:
            page.keyboard.press("Enter")
            break
    assert page.get_by_role("table", name="Orders a month").is_visible()
    assert page.get_by_role("table", name="Orders by their total").is_hidden()

    page.goto(f"{address}/admin/seeding/seedmetadata/{attempts(shop)['success']}/change/")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "Verify every row":
            page.keyboard.press("Enter")
            break
    page.get_by_text("Compared every row. v3 is verified: 50 users, 800 orders, 800 payments").wait_for()


@pytest.mark.parametrize("width", [375, 768, 1024, 1280])
def test_pages__fit_the_window(page: "Page", address: str, shop: Project, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("orders/order/", f"seeding/seedmetadata/{attempts(shop)['success']}/change/", "accounts/user/"):
        page.goto(f"{address}/admin/{path}")
        for closed in ("details#pictures:not([open]) > summary", ".table > summary"):
            for summary in page.locator(closed).all():
                summary.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        for table in page.locator(".numbers, .seed-tables").all():
            assert table.evaluate(
                "t => t.getBoundingClientRect().right <= t.closest('figure, fieldset').getBoundingClientRect().right"
            )


def test_lists__filter_by_days(page: "Page", address: str, shop: Project) -> None:
    page.goto(f"{address}/admin/orders/order/?status__exact=completed")
    page.get_by_label("From").fill("2020-01-01")
    page.get_by_label("to", exact=True).fill("2020-01-31")
    page.get_by_role("button", name="Filter").click()
    page.wait_for_url("**created_at__until=2020-01-31*")
    assert "status__exact=completed" in page.url
    assert "0 orders" in page.locator(".paginator").inner_text()
    page.get_by_role("link", name="Any time").click()
    page.wait_for_url(lambda url: "since" not in url)
    ((completed,),) = shop.query("SELECT count(*) FROM orders WHERE status = 'completed'")
    assert f"{completed} orders" in page.locator(".paginator").inner_text()


def test_orders__pick_their_user_from_a_list(page: "Page", address: str) -> None:
    from playwright.sync_api import expect

    page.goto(f"{address}/admin/orders/order/add/")
    with page.expect_popup() as opened:
        page.locator("#lookup_id_user").click()
    row = opened.value.locator("#result_list tbody th a").first
    row.evaluate("link => setTimeout(() => link.click())")  # it closes its window, maybe before `click` would return
    expect(page.locator("#id_user")).not_to_have_value("")


def test_theme__can_be_switched(page: "Page", address: str) -> None:
    page.goto(f"{address}/admin/orders/order/")
    seen = set()
    for _ in range(3):
        page.get_by_role("button", name="Toggle theme").click()
        seen.add(page.evaluate("getComputedStyle(document.querySelector('.chart rect.completed')).fill"))
    assert len(seen) == 2


SERIOUS = ("serious", "critical")
DJANGOS = [[".help-tooltip"]]  # the marks of Django's own lists of two columns, which have a label but no role


def axe() -> str:
    """Return axe-core's code."""
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_pages__have_no_serious_findings_of_axe(
    browser: "Browser",
    address: str,
    logged_in: "StorageState",
    shop: Project,
    width: int,
    theme: Literal["light", "dark"],
) -> None:
    ((user, order),) = shop.query("SELECT user_id, id FROM orders WHERE status = 'pending' ORDER BY id LIMIT 1")
    keys = attempts(shop)
    paths = [
        "",
        "orders/order/",
        "orders/order/?q=nobody",
        "orders/order/add/",
        f"orders/order/{order}/change/",
        f"orders/order/{order}/delete/",
        "orders/payment/",
        "accounts/user/",
        f"accounts/user/{user}/change/",
        "seeding/seedmetadata/",
        "seeding/seedmetadata/?status__exact=failed",
        *(f"seeding/seedmetadata/{key}/change/" for key in keys.values()),
        f"seeding/seedmetadata/{keys['success']}/delete/",
        "seeding/seedmetadata/seed-again/",
    ]
    context = browser.new_context(
        color_scheme=theme,
        viewport={"width": width, "height": 900},
        storage_state=logged_in,
        bypass_csp=True,  # axe measures with inline styles of its own
    )
    page, code, found = context.new_page(), axe(), {}
    for path in paths:
        page.goto(f"{address}/admin/{path}")
        page.evaluate(code)
        violations = page.evaluate("others => axe.run({exclude: others})", DJANGOS)["violations"]
        for violation in violations:
            if violation["impact"] in SERIOUS:
                found[path, violation["id"]] = [node["html"][:200] for node in violation["nodes"]]
    context.close()
    assert found == {}


def test_marks__are_seen_in_forced_colours(browser: "Browser", address: str, logged_in: "StorageState") -> None:
    context = browser.new_context(forced_colors="active", storage_state=logged_in)
    page = context.new_page()
    page.goto(f"{address}/admin/orders/order/")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for status in ("completed", "pending", "processing"):
        mark = "s => getComputedStyle(document.querySelector(`.status.${s}`), '::before')"
        assert page.evaluate(f"s => ({mark})(s).borderTopColor", status) != ground
    shapes = {
        tuple(page.evaluate(f"s => [({mark})(s).borderTopWidth, ({mark})(s).borderRadius]", status))
        for status in ("completed", "pending", "processing")
    }
    assert len(shapes) == 3  # told apart by their shape alone
    context.close()


def test_charts__are_closed_where_there_is_no_room(page: "Page", address: str) -> None:
    for width, is_open, most in ((375, False, 620), (768, False, 560), (1280, True, 580)):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{address}/admin/orders/order/")
        assert page.locator("#pictures").evaluate("p => p.open") == is_open
        first = page.locator("#result_list tbody tr").first.bounding_box()
        assert first is not None
        assert first["y"] < most, (width, first["y"])
    page.get_by_text("Charts", exact=True).click()
    page.reload()
    assert not page.locator("#pictures").evaluate("p => p.open")  # as it was left


def test_seed_again__shows_the_plan_first(page: "Page", address: str) -> None:
    page.goto(f"{address}/admin/")
    page.get_by_role("link", name="Seed v1…").click()
    page.get_by_text("v3 is applied; the settings ask for v1, which replaces it.").wait_for()
    assert page.get_by_role("button", name="Delete 1,650 rows and seed v1").is_visible()
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url("**/seeding/seedmetadata/")
