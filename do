#!/bin/sh
# The two commands of the README (demo, test) and the developer's others. `./do help` lists them.
#
# Needs a Debian 12 with apt (root or sudo); everything else is installed from Debian, or fetched into .deps/ with a
# pinned hash. Nothing outside this folder is changed except by apt. Stops at the first step that fails, with its status.
set -eu
CDPATH='' cd -- "$(dirname -- "$0")"

# What Debian gives us, by need: a demo wants no linter, a test run wants no statsmodels.
PACKAGES_BUILD="g++ cmake ninja-build ccache pkg-config git ca-certificates
  libboost1.74-dev libssl-dev libsimdjson-dev nlohmann-json3-dev libfmt-dev libspdlog-dev libcli11-dev libyaml-cpp-dev
  libeigen3-dev libopenblas-dev liblapacke-dev libsqlite3-dev libhowardhinnant-date-dev doctest-dev libbenchmark-dev
  zlib1g-dev tzdata"
PACKAGES_FORMAT="clang-format-19"
PACKAGES_TIDY="clang-tidy-19"
PACKAGES_FUZZ="clang-19 libclang-rt-19-dev"
PACKAGES_BENCH="python3-statsmodels"

# The compiler cache stays inside the clone, unless its owner says otherwise.
export CCACHE_DIR="${CCACHE_DIR:-$PWD/build/.ccache}"

usage() {
    cat <<'END'
./do COMMAND
  demo             install what is missing, build a release, run `plumb demo`
  test             install what is missing, build, run every fast test
  setup            install what a build needs: Debian packages, and the pinned DuckDB and uPlot into .deps/
  build [TARGET..] build the release (build/release)
  check            all that must be green: test, fmt --check, lint
  check-all        check, clang-tidy, the slow tests, the sanitizers' tests, and half a minute of each fuzzer
  bench [FLAG..]   run `plumb bench` beside its peers
  acceptance [WORD..]   other people's clients (ccxt, the venues' own) against `plumb exchange`: see tests/acceptance
  fuzz [HOW-LONG] [NAME..]   fuzz every *_fuzz.cpp, or those named (base_decimal), for 30 seconds each, or HOW-LONG:
                   seconds (60) or inputs (10000000x)
  lint             who includes whom, banned calls, headers compiled alone
  tidy [FILE..]    clang-tidy 19 over every source that is no test, or over those named; remembers what passed
  fmt [--check]    format the C++ with clang-format 19; with --check only say what would change
PLUMB_JOBS sets how many compilers run at once; CCACHE_DIR where compiled objects are kept (default build/.ccache).
END
}

say() { printf 'do: %s\n' "$*" >&2; }
die() { say "$*"; exit 2; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        die "this needs root: run it as root, or install sudo: $*"
    fi
}

# Prints those of the named packages that are not installed.
missing_packages() {
    # shellcheck disable=SC2016
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p')
    printf '%s\n' "$@" | awk -v installed="$installed" '
        BEGIN { n = split(installed, name, "\n"); for (i = 1; i <= n; i++) here[name[i]] = 1 }
        !($0 in here) { printf "%s ", $0 }'
}

# need PACKAGE...: installs those that are missing, after saying which. Silent and quick when there are none.
need() {
    command -v apt-get >/dev/null 2>&1 || die "apt-get was not found: this script installs packages of Debian 12"
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    say "installing from Debian: $missing"
    as_root apt-get update -q
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
}

setup() {
    # shellcheck disable=SC2086
    need $PACKAGES_BUILD
    if ! tools/fetch_deps --check; then
        # npm may come from elsewhere than Debian, so the program is asked for and not the package.
        command -v npm >/dev/null 2>&1 || need npm
        tools/fetch_deps
    fi
}

# As many compilers as there are processors, but no more than memory bears: the heaviest file takes about 1.5 GB.
jobs() {
    if [ -n "${PLUMB_JOBS:-}" ]; then
        echo "$PLUMB_JOBS"
        return
    fi
    awk -v processors="$(nproc)" '/^MemTotal:/ {
        bearable = int($2 / 1572864); if (bearable < 1) bearable = 1
        print (processors < bearable ? processors : bearable)
    }' /proc/meminfo
}

# build PRESET [TARGET...]: configures when there is no build yet or the presets changed, then builds.
build() {
    preset=$1
    shift
    if [ ! -f "build/$preset/build.ninja" ] || [ -n "$(find CMakePresets.json -newer "build/$preset/build.ninja")" ]; then
        cmake --preset "$preset"
    fi
    # shellcheck disable=SC2046
    cmake --build --preset "$preset" --parallel "$(jobs)" $([ $# -eq 0 ] || printf -- '--target %s ' "$@")
}

run_tests() {
    preset=$1
    shift
    ctest --preset "$preset" --parallel "$(jobs)" "$@"
}

format() {
    # shellcheck disable=SC2086
    need $PACKAGES_FORMAT
    find src tests -name '*.hpp' -o -name '*.cpp' | sort | xargs clang-format-19 "$@"
}

lint() {
    setup
    # Both, so that one run tells everything; the status is that of the first that failed.
    status=0
    tools/check_rooms || status=$?
    tools/lint || [ $status -ne 0 ] || status=1
    return $status
}

tidy() {
    setup
    # shellcheck disable=SC2086
    need $PACKAGES_TIDY
    [ -f build/release/compile_commands.json ] || cmake --preset release
    tools/tidy "$@"
}

fuzz() {
    seconds=30
    case "${1:-}" in
        [0-9]*) seconds=$1; shift ;;
    esac
    setup
    # shellcheck disable=SC2086
    need $PACKAGES_FUZZ
    build fuzz fuzzers
    tools/run_fuzzers "$seconds" "$@"
}

command=${1:-help}
[ $# -eq 0 ] || shift
case "$command" in
    setup) setup ;;
    build) setup; build release "$@" ;;
    demo)
        { setup; build release plumb; } >&2
        exec build/release/plumb demo "$@"
        ;;
    test) setup; build release; run_tests release -LE slow "$@" ;;
    check)
        setup; build release; run_tests release -LE slow
        format --dry-run -Werror --ferror-limit=3
        lint
        ;;
    check-all)
        setup; build release; run_tests release
        format --dry-run -Werror --ferror-limit=3
        lint
        tidy
        for sanitizer in asan tsan; do
            build $sanitizer
            run_tests $sanitizer -LE slow
        done
        fuzz 30
        ;;
    bench)
        # shellcheck disable=SC2086
        { setup; need $PACKAGES_BENCH; command -v node >/dev/null || need nodejs; build release plumb; } >&2
        exec build/release/plumb bench "$@"
        ;;
    fuzz) fuzz "$@" ;;
    acceptance)
        setup; build release plumb
        # Either may come from elsewhere than Debian, so the programs are asked for and not the packages.
        command -v node >/dev/null 2>&1 || need nodejs
        command -v npm >/dev/null 2>&1 || need npm
        tests/acceptance/run --plumb build/release/plumb "$@"
        ;;
    lint) lint ;;
    tidy) tidy "$@" ;;
    fmt)
        case "${1:-}" in
            '') format -i ;;
            --check) format --dry-run -Werror --ferror-limit=3 ;;
            *) die "fmt takes --check or nothing, found $1" ;;
        esac
        ;;
    help | -h | --help) usage ;;
    *) usage >&2; die "no such command: $command" ;;
esac
