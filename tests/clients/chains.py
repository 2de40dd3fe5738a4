"""Random chains, made by the generator of the server tests, as projects on disk."""
import importlib.util
import os
import shutil

spec = importlib.util.spec_from_file_location("random_chains", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "servers", "test_random.py"))
made = importlib.util.module_from_spec(spec)
spec.loader.exec_module(made)
shutil.rmtree(made.folder)


def write(folder, seed):
    """(alembic.ini, revisions)"""
    generator = made.Generator(seed)
    for i in range(1, 7):
        generator.revision(i)
    os.makedirs(os.path.join(folder, "versions"))
    for revision, body in generator.files:
        with open(os.path.join(folder, "versions", revision + ".py"), "w", encoding="utf-8") as f:
            f.write(body)
    with open(os.path.join(folder, "alembic.ini"), "w") as f:
        f.write("[alembic]\nscript_location = %(here)s\n")
    return os.path.join(folder, "alembic.ini"), [r for r, _ in generator.files]
