# The rooms of the house: who may include whom, and which foreign libraries a room may use.
# This table builds the libraries, and tools/check_rooms fails the build on any include that is not in it.
#
#   plumb_room(NAME  SEES rooms...  USES third-party targets...)
#
# A room sees itself and what SEES names, nothing else. Sources, tests (*_test.cpp) and headers are found by folder.

add_custom_target(rooms_checked ALL
  COMMAND ${CMAKE_SOURCE_DIR}/tools/check_rooms
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
  COMMENT "Checking who includes whom")

function(plumb_room NAME)
  cmake_parse_arguments(ROOM "" "" "SEES;USES" ${ARGN})
  string(REPLACE "/" "_" TARGET_NAME ${NAME})
  set(FOLDER ${CMAKE_SOURCE_DIR}/src/${NAME})
  file(GLOB_RECURSE SOURCES CONFIGURE_DEPENDS ${FOLDER}/*.cpp)
  set(TESTS ${SOURCES})
  list(FILTER TESTS INCLUDE REGEX "_test\\.cpp$")
  list(FILTER SOURCES EXCLUDE REGEX "(_test|_fuzz|/main)\\.cpp$")
  if(SOURCES)
    add_library(plumb_${TARGET_NAME} STATIC ${SOURCES})
    set(SCOPE PUBLIC)
  else()
    add_library(plumb_${TARGET_NAME} INTERFACE)
    set(SCOPE INTERFACE)
  endif()
  target_include_directories(plumb_${TARGET_NAME} ${SCOPE} ${CMAKE_SOURCE_DIR}/src)
  add_dependencies(plumb_${TARGET_NAME} rooms_checked)
  foreach(SEEN ${ROOM_SEES})
    string(REPLACE "/" "_" SEEN ${SEEN})
    target_link_libraries(plumb_${TARGET_NAME} ${SCOPE} plumb_${SEEN})
  endforeach()
  target_link_libraries(plumb_${TARGET_NAME} ${SCOPE} ${ROOM_USES})
  if(TESTS AND BUILD_TESTING)
    add_executable(test_${TARGET_NAME} ${TESTS} ${CMAKE_SOURCE_DIR}/tests/test_main.cpp)
    target_link_libraries(test_${TARGET_NAME} PRIVATE plumb_${TARGET_NAME} doctest::doctest fmt::fmt)
    target_compile_definitions(test_${TARGET_NAME} PRIVATE PLUMB_TESTDATA="${CMAKE_SOURCE_DIR}/testdata")
    add_test(NAME ${NAME} COMMAND test_${TARGET_NAME})
  endif()
endfunction()

# floor 0: words
plumb_room(base USES fmt::fmt)
plumb_room(core SEES base)
plumb_room(ports SEES core base)

# floor 1: thinking
plumb_room(bars SEES core base)
plumb_room(stats SEES base USES fmt::fmt PkgConfig::openblas)
# The lanes of the panel scan are measured to 1e-11 with and without fused multiply-add.
set_source_files_properties(${CMAKE_SOURCE_DIR}/src/stats/panel_kernel.cpp ${CMAKE_SOURCE_DIR}/src/stats/panel_moments.cpp
                            PROPERTIES COMPILE_OPTIONS "-O3;-ffp-contract=fast")
plumb_room(selection SEES stats base)
plumb_room(portfolio SEES core base)
plumb_room(risk SEES portfolio core base)
plumb_room(strategy SEES bars stats portfolio core base)
plumb_room(strategies/pairs SEES strategy bars stats portfolio core base)
plumb_room(execution SEES risk portfolio core base)

# floor 2: the machine
plumb_room(engine SEES strategies/pairs strategy execution risk portfolio bars stats ports core base)

# floor 3: edges
plumb_room(io SEES base USES fmt::fmt Threads::Threads)
plumb_room(codec SEES core base USES fmt::fmt nlohmann_json::nlohmann_json ZLIB::ZLIB)
plumb_room(stats_cases SEES stats base USES nlohmann_json::nlohmann_json fmt::fmt)
add_executable(stats_cases_runner ${CMAKE_SOURCE_DIR}/src/stats_cases/main.cpp)
target_link_libraries(stats_cases_runner PRIVATE plumb_stats_cases)
plumb_room(store SEES ports bars portfolio core base io codec USES SQLite::SQLite3 duckdb::duckdb nlohmann_json::nlohmann_json fmt::fmt)
plumb_room(report SEES core base USES nlohmann_json::nlohmann_json fmt::fmt)
plumb_room(venues/paper SEES ports portfolio core base)
plumb_room(venues/demo SEES ports bars core base)
plumb_room(venues/replay SEES ports bars core base io codec)
plumb_room(venues/binance SEES ports bars core base io codec USES PkgConfig::simdjson fmt::fmt)

# floor 4: porch
plumb_room(app SEES engine strategies/pairs strategy execution risk portfolio selection stats bars stats_cases store report
           venues/paper venues/demo venues/replay venues/binance io codec ports core base
           USES CLI11::CLI11 yaml-cpp::yaml-cpp spdlog::spdlog nlohmann_json::nlohmann_json fmt::fmt)
