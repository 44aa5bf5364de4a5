"""Where values come from: in each program, ``keep(x)`` marks a value and the comment says what it is.

``# face``: face data.  ``# none``: none.  ``# by``: no face data, but a face result has influenced it.
"""

from __future__ import annotations

import re

import pytest

from fr_lint.flow.engine import Engine
from fr_lint.flow.identifiers import last_name
from fr_lint.ir.model import Op
from fr_lint.project.sources import Sources

MARK = re.compile(r"#\s*(face|none|by)\b")
HEAD = "import cv2, face_recognition, pickle, json, base64, io, os, numpy as np\nfrom PIL import Image\n"

PROGRAMS = {
    "a template": """
e = face_recognition.face_encodings(img)[0]
keep(e)  # face
keep(e.tolist())  # face
keep(len(e))  # none
""",
    "encodings": """
def f(img, name):
    e = face_recognition.face_encodings(img)[0]
    keep(pickle.dumps(e))  # face
    keep(e.tobytes())  # face
    keep(json.dumps({"name": "x", "e": e.tolist()}))  # face
    keep(base64.b64encode(e.astype("f4").tobytes()).decode())  # face
    keep(",".join(str(v) for v in e))  # face
    keep(os.path.join("faces", name))  # none
""",
    "the image itself": """
def f(img, other):
    boxes = face_recognition.face_locations(img)
    keep(img)  # face
    keep(other)  # none
    keep(img.shape)  # none
    keep(len(boxes))  # none
    for t, r, b, l in boxes:
        keep(img[t:b, l:r])  # face
        keep(t)  # face
        keep(cv2.resize(img[t:b, l:r], (9, 9)))  # face
""",
    "what it was converted from": """
cap = cv2.VideoCapture(0)
def f():
    ok, frame = cap.read()
    rgb = cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
    encs = face_recognition.face_encodings(rgb)
    keep(frame)  # face
    ok, later = cap.read()
    keep(later)  # none
""",
    "names and scores are none": """
def f(img, known, names):
    e = face_recognition.face_encodings(img)[0]
    m = face_recognition.compare_faces(known, e)
    d = face_recognition.face_distance(known, e)
    name = "?"
    if True in m:
        name = names[m.index(True)]
    best = names[int(np.argmin(d))]
    keep(name)  # by
    keep(best)  # by
    keep((best, min(d) < 0.6))  # by
    keep(names)  # none
""",
    "dicts by key": """
def f(img, n):
    data = {"names": [], "encodings": []}
    for e in face_recognition.face_encodings(img):
        data["encodings"].append(e)
        data["names"].append(n)
    keep(data)  # face
    keep(data["encodings"])  # face
    keep(data["names"])  # none
""",
    "objects": """
import dataclasses
@dataclasses.dataclass
class Face:
    who: str
    vector: list
    def to_dict(self):
        return {"who": self.who, "vector": self.vector}
class Repo:
    def add(self, entity):
        keep(entity.to_dict())  # face
        keep(entity.who)  # none
        keep(entity.vector)  # face
def enrol(repo: Repo, img, who):
    v = face_recognition.face_encodings(img)
    repo.add(Face(who=who, vector=v[0].tolist()))
""",
    "attributes of self": """
class Book:
    def __init__(self):
        self.known = []
        self.names = []
    def learn(self, img, n):
        self.known.append(face_recognition.face_encodings(img)[0])
        self.names.append(n)
    def save(self):
        keep(self.known)  # face
        keep(self.names)  # none
        keep({"n": self.names, "k": self.known})  # face
""",
    "through functions, one site at a time": """
def same(x):
    return x
def f(img, name):
    e = face_recognition.face_encodings(img)[0]
    keep(same(e))  # face
    keep(same(name))  # none
""",
    "tuples": """
def both(img):
    e = face_recognition.face_encodings(img)[0]
    return e, "ok"
def f(img):
    e, status = both(img)
    keep(e)  # face
    keep(status)  # none
""",
    "buffers": """
def f(img):
    boxes = face_recognition.face_locations(np.array(img))
    buf = io.BytesIO()
    img.save(buf, format="JPEG")
    keep(buf.getvalue())  # face
    ok, png = cv2.imencode(".png", np.array(img))
    keep(png.tobytes())  # face
    empty = io.BytesIO()
    keep(empty.getvalue())  # none
""",
    "uploads": """
from flask import request
def f():
    photo = request.files["photo"]
    img = face_recognition.load_image_file(photo)
    e = face_recognition.face_encodings(img)
    keep(photo)  # face
    keep(photo.read())  # face
    keep(photo.filename)  # none
    keep(request.form["name"])  # none
def g():
    keep(request.files["photo"])  # none
""",
    "a path is no picture": """
def f(path):
    img = cv2.imread(path)
    boxes = face_recognition.face_locations(img)
    keep(path)  # none
    keep(img)  # face
""",
    "hidden faces": """
def f(img):
    for t, r, b, l in face_recognition.face_locations(img):
        img[t:b, l:r] = cv2.GaussianBlur(img[t:b, l:r], (99, 99), 30)
    keep(img)  # none
def g(img):
    e = face_recognition.face_encodings(img)
    for t, r, b, l in face_recognition.face_locations(img):
        img[t:b, l:r] = cv2.GaussianBlur(img[t:b, l:r], (99, 99), 30)
    keep(img)  # none
    keep(e)  # face
""",
    "comprehensions": """
def f(img, n):
    rows = [{"v": e, "n": n} for e in face_recognition.face_encodings(img)]
    keep(rows)  # face
    keep([r["n"] for r in rows])  # none
    keep([r["v"] for r in rows])  # face
    keep({n: e for e in face_recognition.face_encodings(img)})  # face
""",
    "attributes of a result": """
from insightface.app import FaceAnalysis
app = FaceAnalysis()
def f(img):
    faces = app.get(img)
    best = max(faces, key=lambda face: face.det_score)
    keep(best.normed_embedding)  # face
    keep(best.det_score)  # none
    keep(sorted(faces, key=len)[0].embedding.tolist())  # face
""",
    "a generator": """
def features(img):
    for e in face_recognition.face_encodings(img):
        yield e.astype("f4")
def f(img, name):
    rows = [{"vector": v.tolist(), "file": name} for v in features(img)]
    keep(rows)  # face
    keep([r["file"] for r in rows])  # none
""",
    "a trained model": """
def f(img, labels):
    clf = make()
    encs = face_recognition.face_encodings(img)
    clf.fit(encs, labels)
    keep(clf)  # face
    keep(clf.predict(encs))  # by
""",
    "globals and closures": """
KNOWN = {}
def learn(img, who):
    e = face_recognition.face_encodings(img)
    KNOWN[who] = e[0]
    def inner():
        keep(e)  # face
        keep(who)  # none
    inner()
def save():
    keep(KNOWN)  # face
""",
    "threads and executors": """
import asyncio
def work(img):
    return face_recognition.face_encodings(img)[0]
async def f(img):
    e = await asyncio.to_thread(work, img)
    keep(e)  # face
    g = await asyncio.to_thread(face_recognition.face_encodings, img)
    keep(g)  # face
""",
}


def kinds(text: str) -> dict[int, str]:
    engine = Engine(Sources(None, {"a.py": text}))
    unit = engine.program.unit("a.py")
    assert unit is not None
    found: dict[int, str] = {}
    for func in unit.functions:
        for number, node in enumerate(func.nodes):
            if node.op == Op.CALL and last_name(node.value) == "keep":
                value = node.args[0].value
                if engine.provenance.face_data(value, func, number) is not None:
                    found[node.line] = "face"
                elif engine.provenance.face_calls(value, func, number, influence=True):
                    found[node.line] = "by"
                else:
                    found[node.line] = "none"
    return found


@pytest.mark.parametrize("name", PROGRAMS)
def test_origins(name: str) -> None:
    text = HEAD + PROGRAMS[name].lstrip("\n")
    wanted = {n: m[1] for n, line in enumerate(text.split("\n"), 1) if (m := MARK.search(line))}
    found = kinds(text)
    assert set(wanted) == set(found)
    loose = {n: "none" if wanted[n] == "none" and kind == "by" else kind for n, kind in found.items()}
    assert loose == wanted
