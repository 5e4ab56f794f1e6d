# The rooms of the house: who may include whom, and which foreign libraries a room may use.
# This table builds the libraries, and tools/check_rooms fails the build on any include that is not in it.
#
#   plumb_room(NAME  SEES rooms...  USES third-party targets...  TESTS_SEE rooms...)
#
# A room sees itself and what SEES names, nothing else; its tests, benchmarks and fuzzers also see what TESTS_SEE names.
# Everything is found by folder. Room venues/binance gives:
#   plumb_venues_binance            the library: every .cpp that is none of the below
#   test_venues_binance             *_test.cpp, one program and one ctest entry
#   bench_venues_binance            *_bench.cpp (Google Benchmark); built by the target `benches` only
#   fuzz_venues_binance_decode      decode_fuzz.cpp with libFuzzer (preset fuzz; target `fuzzers`)
#   replay_venues_binance_decode    decode_fuzz.cpp over fuzz/corpus/venues_binance_decode, as a test of every build

add_custom_target(rooms_checked ALL
  COMMAND ${CMAKE_SOURCE_DIR}/tools/check_rooms
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
  COMMENT "Checking who includes whom")
add_custom_target(benches)
add_custom_target(fuzzers)

# The names of all rows, so that a room does not swallow the sources of a room inside its folder.
file(STRINGS ${CMAKE_CURRENT_LIST_FILE} PLUMB_ROOM_ROWS REGEX "^plumb_room\\(")
list(TRANSFORM PLUMB_ROOM_ROWS REPLACE "^plumb_room\\(([a-z_/]+).*" "\\1" OUTPUT_VARIABLE PLUMB_ROOMS)

function(plumb_room_program TARGET_NAME ROOM)
  cmake_parse_arguments(PROGRAM "" "" "SOURCES;LINKS;SEES" ${ARGN})
  add_executable(${TARGET_NAME} ${PROGRAM_SOURCES})
  target_link_libraries(${TARGET_NAME} PRIVATE plumb_${ROOM} ${PROGRAM_LINKS})
  foreach(SEEN ${PROGRAM_SEES})
    string(REPLACE "/" "_" SEEN ${SEEN})
    target_link_libraries(${TARGET_NAME} PRIVATE plumb_${SEEN})
  endforeach()
endfunction()

# One fuzzer and one replay of its corpus for each *_fuzz.cpp.
function(plumb_room_fuzzers ROOM SEES)
  foreach(SOURCE ${ARGN})
    get_filename_component(STEM ${SOURCE} NAME_WE)
    string(REGEX REPLACE "_fuzz$" "" STEM ${ROOM}_${STEM})
    if(PLUMB_FUZZ)
      plumb_room_program(fuzz_${STEM} ${ROOM} SOURCES ${SOURCE} SEES ${SEES})
      target_link_options(fuzz_${STEM} PRIVATE -fsanitize=fuzzer)
      add_dependencies(fuzzers fuzz_${STEM})
    endif()
    if(BUILD_TESTING)
      plumb_room_program(replay_${STEM} ${ROOM} SOURCES ${SOURCE} ${CMAKE_SOURCE_DIR}/tests/replay_corpus.cpp SEES ${SEES})
      add_test(NAME corpus/${STEM} COMMAND replay_${STEM} ${CMAKE_SOURCE_DIR}/fuzz/corpus/${STEM})
    endif()
  endforeach()
endfunction()

function(plumb_room NAME)
  cmake_parse_arguments(ROOM "" "" "SEES;USES;TESTS_SEE" ${ARGN})
  string(REPLACE "/" "_" TARGET_NAME ${NAME})
  file(GLOB_RECURSE SOURCES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${NAME}/*.cpp)
  foreach(OTHER ${PLUMB_ROOMS})
    if(OTHER MATCHES "^${NAME}/")
      list(FILTER SOURCES EXCLUDE REGEX "/src/${OTHER}/")
    endif()
  endforeach()
  foreach(KIND test bench fuzz)
    set(${KIND}_SOURCES ${SOURCES})
    list(FILTER ${KIND}_SOURCES INCLUDE REGEX "_${KIND}\\.cpp$")
  endforeach()
  list(FILTER SOURCES EXCLUDE REGEX "(_test|_bench|_fuzz|/main)\\.cpp$")
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

  if(test_SOURCES AND BUILD_TESTING)
    plumb_room_program(test_${TARGET_NAME} ${TARGET_NAME} SOURCES ${test_SOURCES} ${CMAKE_SOURCE_DIR}/tests/test_main.cpp
                       LINKS doctest::doctest fmt::fmt SEES ${ROOM_TESTS_SEE})
    target_compile_definitions(test_${TARGET_NAME} PRIVATE PLUMB_TESTDATA="${CMAKE_SOURCE_DIR}/testdata")
    add_test(NAME ${NAME} COMMAND test_${TARGET_NAME})
  endif()
  if(bench_SOURCES)
    plumb_room_program(bench_${TARGET_NAME} ${TARGET_NAME} SOURCES ${bench_SOURCES}
                       LINKS benchmark::benchmark_main SEES ${ROOM_TESTS_SEE})
    set_target_properties(bench_${TARGET_NAME} PROPERTIES EXCLUDE_FROM_ALL TRUE)
    add_dependencies(benches bench_${TARGET_NAME})
  endif()
  plumb_room_fuzzers(${TARGET_NAME} "${ROOM_TESTS_SEE}" ${fuzz_SOURCES})
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
plumb_room(io SEES base USES Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads ZLIB::ZLIB fmt::fmt
           TESTS_SEE io/testing)
plumb_room(io/testing SEES io base USES OpenSSL::SSL OpenSSL::Crypto Threads::Threads ZLIB::ZLIB)
# Boost 1.74 knows coroutines of GCC only; clang's are the standard's too.
target_compile_definitions(plumb_io PRIVATE BOOST_ASIO_HAS_CO_AWAIT)
# The thread sanitizer does not know bare fences; asio's locks order the same things.
target_compile_definitions(plumb_io PRIVATE $<$<BOOL:${PLUMB_SANITIZE_THREAD}>:BOOST_ASIO_DISABLE_FENCED_BLOCK>)
plumb_room(codec SEES core base USES fmt::fmt nlohmann_json::nlohmann_json ZLIB::ZLIB)
plumb_room(stats_cases SEES stats base USES nlohmann_json::nlohmann_json fmt::fmt)
add_executable(stats_cases_runner ${CMAKE_SOURCE_DIR}/src/stats_cases/main.cpp)
target_link_libraries(stats_cases_runner PRIVATE plumb_stats_cases)
plumb_room(store SEES ports bars portfolio core base io codec USES SQLite::SQLite3 duckdb::duckdb nlohmann_json::nlohmann_json fmt::fmt)
plumb_room(report SEES core base USES nlohmann_json::nlohmann_json fmt::fmt)
include(${CMAKE_SOURCE_DIR}/cmake/embed.cmake)
plumb_room(venues/paper SEES ports portfolio core base TESTS_SEE risk)
plumb_room(venues/demo SEES ports bars core base)
plumb_room(venues/replay SEES ports bars core base io codec)
plumb_room(signing SEES base USES OpenSSL::Crypto)
plumb_room(wire SEES io codec ports core base USES PkgConfig::simdjson fmt::fmt TESTS_SEE wire/testing)
plumb_room(wire/testing SEES wire io ports core base)
plumb_room(live SEES wire io ports core base USES fmt::fmt TESTS_SEE io/testing live/testing risk)
plumb_room(live/testing SEES wire io/testing io core base USES fmt::fmt)
plumb_room(venues/alpaca SEES wire signing io ports core base USES PkgConfig::simdjson fmt::fmt TESTS_SEE codec)
plumb_room(venues/alpaca/testing SEES venues/alpaca venues/conformance wire io ports core base USES nlohmann_json::nlohmann_json fmt::fmt)
plumb_room(venues/binance SEES wire signing io ports core base USES PkgConfig::simdjson fmt::fmt TESTS_SEE codec)
plumb_room(venues/binance/testing SEES venues/binance venues/conformance wire io ports core base USES nlohmann_json::nlohmann_json fmt::fmt)
plumb_room(venues/coinbase SEES wire signing io ports core base USES PkgConfig::simdjson fmt::fmt TESTS_SEE codec wire/testing)
plumb_room(venues/coinbase/testing SEES venues/coinbase venues/conformance wire io ports core base USES nlohmann_json::nlohmann_json fmt::fmt)
plumb_room(venues/coinmarketcap SEES wire signing io ports core base USES PkgConfig::simdjson fmt::fmt TESTS_SEE codec wire/testing)
plumb_room(venues/coinmarketcap/testing SEES venues/coinmarketcap venues/conformance wire io ports core base USES nlohmann_json::nlohmann_json fmt::fmt)
plumb_room(venues/kraken SEES wire signing io ports core base USES PkgConfig::simdjson fmt::fmt TESTS_SEE codec)
plumb_room(venues/kraken/testing SEES venues/kraken venues/conformance wire io ports core base USES nlohmann_json::nlohmann_json fmt::fmt)
plumb_room(venues/polygon SEES wire signing io ports core base USES PkgConfig::simdjson fmt::fmt TESTS_SEE codec)
plumb_room(venues/polygon/testing SEES venues/polygon venues/conformance wire io ports core base USES nlohmann_json::nlohmann_json fmt::fmt)
plumb_room(venues SEES venues/alpaca venues/binance venues/coinbase venues/coinmarketcap venues/kraken venues/polygon
           wire io ports core base)
plumb_room(venues/conformance SEES wire io ports core base USES fmt::fmt TESTS_SEE venues venues/alpaca/testing
           venues/binance/testing venues/coinbase/testing venues/coinmarketcap/testing venues/kraken/testing
           venues/polygon/testing)

# the local exchange: the other side of the wire, which shares no decoder and no encoder with ours
plumb_room(exchange SEES core base USES fmt::fmt TESTS_SEE exchange/testing)
plumb_room(exchange/protocol SEES exchange io core base USES nlohmann_json::nlohmann_json fmt::fmt)
plumb_room(exchange/market SEES exchange/protocol exchange venues/demo venues/replay store ports bars codec io core base USES fmt::fmt)
plumb_room(exchange/faults SEES exchange/protocol exchange io core base USES yaml-cpp::yaml-cpp nlohmann_json::nlohmann_json fmt::fmt)
plumb_room(exchange/alpaca SEES exchange/protocol exchange signing io core base USES nlohmann_json::nlohmann_json fmt::fmt
           TESTS_SEE exchange/alpaca/testing exchange/testing)
plumb_room(exchange/alpaca/testing SEES exchange/alpaca exchange/testing exchange/protocol exchange io core base
           USES nlohmann_json::nlohmann_json)
plumb_room(exchange/binance SEES exchange/protocol exchange signing io core base USES nlohmann_json::nlohmann_json fmt::fmt
           TESTS_SEE exchange/testing exchange/binance/testing)
plumb_room(exchange/binance/testing SEES exchange/binance exchange/testing exchange/protocol exchange signing io core base
           USES nlohmann_json::nlohmann_json doctest::doctest fmt::fmt)
plumb_room(exchange/coinbase SEES exchange/protocol exchange signing io core base USES nlohmann_json::nlohmann_json fmt::fmt
           TESTS_SEE exchange/testing exchange/coinbase/testing)
plumb_room(exchange/coinbase/testing SEES exchange/coinbase exchange/testing exchange/protocol exchange signing io core base
           USES nlohmann_json::nlohmann_json fmt::fmt)
plumb_room(exchange/coinmarketcap SEES exchange/protocol exchange signing io core base USES nlohmann_json::nlohmann_json fmt::fmt
           TESTS_SEE exchange/testing)
plumb_room(exchange/kraken SEES exchange/protocol exchange signing io core base USES nlohmann_json::nlohmann_json fmt::fmt
           TESTS_SEE exchange/testing exchange/kraken/testing)
plumb_room(exchange/kraken/testing SEES exchange/kraken exchange/testing exchange/protocol exchange signing io core base
           USES nlohmann_json::nlohmann_json fmt::fmt)
plumb_room(exchange/polygon SEES exchange/protocol exchange signing io core base USES nlohmann_json::nlohmann_json fmt::fmt
           TESTS_SEE exchange/testing)
plumb_room(exchange/testing SEES exchange/protocol exchange signing io core base USES nlohmann_json::nlohmann_json fmt::fmt)
plumb_room(exchange/registry SEES exchange/alpaca exchange/binance exchange/coinbase exchange/coinmarketcap exchange/kraken exchange/polygon exchange/protocol exchange core base)
plumb_room(exchange/host SEES exchange/faults exchange/market exchange/protocol exchange io core base
           USES nlohmann_json::nlohmann_json fmt::fmt TESTS_SEE exchange/registry)
plumb_room(exchange/server SEES exchange/host exchange/faults exchange/protocol exchange io core base USES fmt::fmt
           TESTS_SEE exchange/registry exchange/market io/testing)
plumb_room(exchange/judge SEES store exchange io core base USES nlohmann_json::nlohmann_json fmt::fmt
           TESTS_SEE exchange/host exchange/faults exchange/market exchange/protocol)

# floor 4: porch
plumb_room(app SEES exchange/testing exchange/server exchange/host exchange/registry exchange/market exchange/faults exchange/judge exchange/protocol
           exchange engine strategies/pairs strategy execution risk portfolio selection stats bars stats_cases store report
           venues/paper venues/demo venues/replay venues/binance venues live wire signing io codec ports core base
           USES CLI11::CLI11 yaml-cpp::yaml-cpp spdlog::spdlog nlohmann_json::nlohmann_json PkgConfig::simdjson fmt::fmt
           TESTS_SEE io/testing app/testing)
plumb_room(app/testing SEES io/testing io base USES fmt::fmt)

# What no single room can test. tests/simulation sees every room below the porch.
if(BUILD_TESTING)
  file(GLOB SIMULATION_TESTS CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/simulation/*_test.cpp)
  add_executable(test_simulation ${SIMULATION_TESTS} ${CMAKE_SOURCE_DIR}/tests/test_main.cpp)
  target_include_directories(test_simulation PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(test_simulation PRIVATE plumb_engine plumb_store plumb_venues_paper plumb_venues_demo
                        plumb_venues_replay doctest::doctest fmt::fmt)
  add_test(NAME simulation COMMAND test_simulation)
endif()
target_compile_definitions(plumb_app PRIVATE PLUMB_VERSION="${PROJECT_VERSION}")

# The program. It finds DuckDB beside the clone wherever the clone is moved, and started from any folder.
add_executable(plumb src/app/main.cpp)
target_link_libraries(plumb PRIVATE plumb_app)
set_target_properties(plumb PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}
                                       BUILD_RPATH "$ORIGIN/../../.deps/duckdb")

# The program as its users have it: started, killed, started again.
if(BUILD_TESTING)
  file(GLOB END_TO_END_TESTS CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/end_to_end/*_test.cpp)
  add_executable(test_end_to_end ${END_TO_END_TESTS} ${CMAKE_SOURCE_DIR}/tests/test_main.cpp)
  target_link_libraries(test_end_to_end PRIVATE plumb_store doctest::doctest fmt::fmt)
  target_compile_definitions(test_end_to_end PRIVATE PLUMB_PROGRAM="$<TARGET_FILE:plumb>")
  add_dependencies(test_end_to_end plumb)
  add_test(NAME end_to_end COMMAND test_end_to_end)
endif()

# The rooms every event walks through. -O3 changes no result: no flag here lets the compiler reorder arithmetic.
foreach(ROOM base core strategies_pairs portfolio execution engine venues_paper venues_replay wire live exchange
             venues_alpaca venues_binance venues_coinbase venues_kraken venues_polygon)
  target_compile_options(plumb_${ROOM} PRIVATE $<$<CONFIG:Release>:-O3>)
endforeach()

# The full figures of the order desk: 100 000 cut answers, a million orders whose ids are unique while open.
if(BUILD_TESTING)
  add_test(NAME wire/slow COMMAND test_wire --test-case=fault_E0*,fault_E32*)
  set_tests_properties(wire/slow PROPERTIES LABELS slow ENVIRONMENT PLUMB_SLOW_TESTS=1)
endif()
