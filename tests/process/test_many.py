"""Many-to-many relations: columns of a seeder, whose tables are seeded, guarded and verified like any other."""

import pytest

from tests.sketch import LOADERS, Write, failure, lost_rows, plan_of, verified

SHOP = """
class Tag(models.Model):
    name = models.CharField(max_length=20, unique=True)

class Base(models.Model):
    tags = models.ManyToManyField(Tag)

    class Meta:
        abstract = True

class Post(Base):
    related = models.ManyToManyField("self")
    readers = models.ManyToManyField(User, through="Reading")

class Reading(models.Model):
    post = models.ForeignKey(Post, models.CASCADE)
    user = models.ForeignKey(User, models.CASCADE)
"""
TAGS = "@register(Tag, count=4)\ndef tags(rows):\n    return {'name': rows.code('tag {n}')}\n"
POSTS = "@register(Post, count=30)\ndef posts(rows):\n    return {'tags': rows.some(Tag, 1, 3)}\n"


@pytest.mark.parametrize("loader", LOADERS)
def test_some__fills_the_table_between(sketch: Write, loader: str) -> None:
    shop = sketch(SHOP, TAGS + POSTS)
    last = shop.seed("--loader", loader)
    ((count,),) = shop.query("SELECT count(*) FROM shop_post_tags")
    assert f"{count} shop_post_tags" in last
    assert shop.query("SELECT count(*) FROM shop_post_tags GROUP BY post_id HAVING count(*) > 3") == []
    assert shop.query("SELECT count(DISTINCT post_id) FROM shop_post_tags") == [(30,)]
    verified(shop)
    shop.query(
        "UPDATE shop_post_tags SET tag_id = tag_id % 4 + 1 WHERE id = 1 AND post_id IN (SELECT post_id FROM"
        " shop_post_tags GROUP BY post_id HAVING count(*) = 1)"
    )
    shop.query("DELETE FROM shop_post_tags WHERE id = 2")
    assert "shop_post_tags" in failure(shop, "seed", "--verify", code=4)


@pytest.mark.parametrize("loader", LOADERS)
def test_some__a_pair_not_created_by_a_seed_is_announced(sketch: Write, loader: str) -> None:
    shop = sketch(SHOP, TAGS + POSTS)
    shop.seed("--loader", loader)
    shop.query(
        "INSERT INTO shop_post_tags (post_id, tag_id) SELECT p.id, t.id FROM shop_post AS p, shop_tag AS t WHERE NOT"
        " EXISTS (SELECT 1 FROM shop_post_tags AS b WHERE b.post_id = p.id AND b.tag_id = t.id) ORDER BY 1, 2 LIMIT 1"
    )
    assert lost_rows(plan_of(shop, "--seed-version", "v2")) == {"shop_post_tags": 1}
    assert "shop_post_tags: 1 row" in failure(shop, "seed", "--seed-version", "v2", code=6)
    shop.seed("--seed-version", "v2", "--overwrite", "--loader", loader)
    verified(shop, "--seed-version", "v2")


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("'tags': rows.some(Tag, 1, 9)", "up to 9 different ones for each row: there are only 4"),
        (
            "'tags': [[0, 1]]",
            "column 'tags': it holds [[0, 1]], and a many-to-many relation takes rows.some(Model, 1, 3)",
        ),
        ("'tags': rows.some(Post, 1, 3)", "it names rows of shop.Post, and this relation is one to shop.Tag"),
        ("'readers': rows.some(User, 1, 3)", "register that model with count=per(Post, 1, 3), and give it pairs of"),
        ("'related': rows.some(Post, 1, 3)", "it is symmetrical: register Post.related.through, and give it pairs of"),
        ("'tags': rows.some(rows.existing(Tag), 1, 3)", "asks by rows.existing() for rows of shop.Tag"),
        ("'tag': rows.some(Tag, 1, 3)", "no column 'tag' to fill; it has tags, related, readers."),
        (
            "'tags': rows.some(Tag, 1, 2 if rows.version == 'probe' else 3)",
            "must be the same rows.some() in every call",
        ),
    ],
)
def test_some__refuses_what_cant_be(sketch: Write, column: str, message: str) -> None:
    posts = f"@register(Post, count=30)\ndef posts(rows):\n    return {{{column}}}\n"
    assert message in failure(sketch(SHOP, TAGS + posts), "seed", "--plan")


def test_some__a_table_that_has_a_seeder_of_its_own(sketch: Write) -> None:
    own = "register(Post.tags.through, count=1)(lambda rows: {'post': 0, 'tag': 0})\n"
    assert "posts (tags) registers shop.Post_tags, which" in failure(sketch(SHOP, TAGS + POSTS + own), "seed", "--plan")


def test_some__of_a_model_without_seeder(sketch: Write) -> None:
    said = failure(sketch(SHOP, POSTS), "seed", "--plan")
    assert "no seeder makes rows of shop_tag: use rows.existing() if they are there already" in said


@pytest.mark.parametrize("loader", LOADERS)
def test_some__of_rows_that_exist(sketch: Write, loader: str) -> None:
    shop = sketch(SHOP, POSTS.replace("Tag,", "rows.existing(Tag, name__gt='b'),"))
    for name in ("a", "c", "d", "e", "f"):
        shop.query(f"INSERT INTO shop_tag (name) VALUES ('{name}')")
    shop.seed("--loader", loader)
    query = "SELECT DISTINCT name FROM shop_post_tags JOIN shop_tag ON shop_tag.id = tag_id ORDER BY 1"
    assert shop.query(query) == [("c",), ("d",), ("e",), ("f",)]
    verified(shop)
