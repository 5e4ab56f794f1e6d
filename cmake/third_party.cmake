# Every library that is not ours, found once. Rooms name these targets in cmake/rooms.cmake.
# Debian's packages come from `./do setup`; DuckDB comes from a system package where there is one, else from .deps/.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(Eigen3 REQUIRED NO_MODULE)
find_package(SQLite3 REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Boost 1.74 REQUIRED)
# Boost 1.74 knows of clang's coroutines only under their experimental header, which is gone.
set_property(TARGET Boost::headers APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS
             "$<$<CXX_COMPILER_ID:Clang>:BOOST_ASIO_HAS_CO_AWAIT=1>" "$<$<CXX_COMPILER_ID:Clang>:BOOST_ASIO_HAS_STD_COROUTINE=1>")
find_package(doctest REQUIRED)
find_package(benchmark REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(openblas REQUIRED IMPORTED_TARGET openblas)
pkg_check_modules(simdjson REQUIRED IMPORTED_TARGET simdjson)

# A DuckDB of the system is preferred when both halves are there, link and are new enough; library and header are never
# taken from different places.
find_library(DUCKDB_SYSTEM_LIBRARY NAMES duckdb)
find_path(DUCKDB_SYSTEM_INCLUDE_DIR NAMES duckdb.h)
mark_as_advanced(DUCKDB_SYSTEM_LIBRARY DUCKDB_SYSTEM_INCLUDE_DIR)
if(DUCKDB_SYSTEM_LIBRARY AND DUCKDB_SYSTEM_INCLUDE_DIR)
  try_run(DUCKDB_SYSTEM_TOO_OLD DUCKDB_SYSTEM_LINKS ${CMAKE_BINARY_DIR}/duckdb_version ${CMAKE_SOURCE_DIR}/cmake/duckdb_version.c
          CMAKE_FLAGS -DINCLUDE_DIRECTORIES=${DUCKDB_SYSTEM_INCLUDE_DIR}
          LINK_LIBRARIES ${DUCKDB_SYSTEM_LIBRARY})
endif()
if(DUCKDB_SYSTEM_LINKS AND "${DUCKDB_SYSTEM_TOO_OLD}" STREQUAL "0")
  set(DUCKDB_LIBRARY ${DUCKDB_SYSTEM_LIBRARY})
  set(DUCKDB_INCLUDE_DIR ${DUCKDB_SYSTEM_INCLUDE_DIR})
else()
  set(DUCKDB_LIBRARY ${CMAKE_SOURCE_DIR}/.deps/duckdb/libduckdb.so)
  set(DUCKDB_INCLUDE_DIR ${CMAKE_SOURCE_DIR}/.deps/duckdb)
  if(NOT EXISTS ${DUCKDB_LIBRARY} OR NOT EXISTS ${DUCKDB_INCLUDE_DIR}/duckdb.h)
    message(FATAL_ERROR "DuckDB was not found: run ./do setup, which fetches the pinned library into .deps/duckdb")
  endif()
endif()
message(STATUS "DuckDB: ${DUCKDB_LIBRARY}")
add_library(duckdb::duckdb SHARED IMPORTED)
set_target_properties(duckdb::duckdb PROPERTIES IMPORTED_LOCATION ${DUCKDB_LIBRARY}
                                                INTERFACE_INCLUDE_DIRECTORIES ${DUCKDB_INCLUDE_DIR})

# yaml-cpp 0.7 and CLI11 as packaged by Debian name their targets without a namespace.
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()
