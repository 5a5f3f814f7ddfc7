"""`manage.py seed --draft` of trees that treebeard keeps: what it writes are trees as treebeard would make them."""

import pytest

from tests.process.test_draft import seed_drafted
from tests.sketch import LOADERS, Sketch, Write

MODELS = """
from treebeard.mp_tree import MP_Node
from treebeard.ns_tree import NS_Node

class Page(MP_Node):
    title = models.CharField(max_length=80)
    slug = models.SlugField()
    url_path = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

class Region(NS_Node):
    name = models.CharField(max_length=40, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
"""
CHECKED = """
is_nested = all(
    region.get_ancestors().count() == region.depth - 1
    and region.get_descendants().count() == region.get_descendant_count()
    for region in Region.objects.all()
)
has_paths = all(
    page.url_path == (page.get_parent().url_path if page.get_parent() else "/") + page.slug + "/"
    for page in Page.objects.exclude(title="Root")
)
roots = [model.get_root_nodes().count() for model in (Page, Region)]
print(Page.find_problems(), is_nested, has_paths, *roots, Page.objects.count(), Region.objects.count())
"""


def in_shell(shop: Sketch, code: str) -> str:
    done = shop.run("shell", "-v0", "-c", f"from shop.models import *\n{code}")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


@pytest.fixture
def shop(sketch: Write) -> Sketch:
    return sketch(MODELS, None)


@pytest.mark.parametrize("loader", LOADERS)
def test_draft__of_trees(shop: Sketch, loader: str) -> None:
    assert "#" not in seed_drafted(shop, "shop", loader=loader)
    assert in_shell(shop, CHECKED) == "([], [], [], [], []) True True 1 1 100 100\n"


def test_draft__of_trees_with_rows_that_are_there(shop: Sketch) -> None:
    """Seeded pages stand beside the home page, below the root, which keeps its number of children; others apart."""
    in_shell(
        shop,
        "root = Page.add_root(title='Root', slug='root', url_path='/')\n"
        "home = root.add_child(title='Home', slug='home', url_path='/home/')\n"
        "home.add_child(title='News', slug='news', url_path='/home/news/')\n"
        "Region.add_root(name='World').add_child(name='Here')",
    )
    text = seed_drafted(shop, "shop", "--database", "default")
    assert '"path": tree.path(prefix="0001", first=2),' in text
    assert '"depth": tree.depth + 1,' in text
    assert '"tree_id": tree.tree_id + 1,' in text
    assert in_shell(shop, CHECKED) == "([], [], [], [], [1]) True True 1 2 103 102\n"
