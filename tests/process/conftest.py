from tests.sketch import sketch, sketch_templates  # noqa: F401  (fixtures)
