#include "io/file.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cerrno>

using namespace plumb;

namespace {

struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("plumb_io_" + std::to_string(::getpid()));
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() { std::filesystem::remove_all(path); }
};

}  // namespace

TEST_CASE("files: replaced in one step, nothing left beside them") {
    const Folder folder;
    const auto path = folder.path / "deep" / "state.json";
    REQUIRE(io::replace_file(path, "one").has_value());
    REQUIRE(io::replace_file(path, "two").has_value());
    CHECK(*io::read_file(path) == "two");
    CHECK(std::distance(std::filesystem::directory_iterator{folder.path / "deep"}, {}) == 1);
}

TEST_CASE("files: what cannot be read or written says so and leaves the old bytes") {
    const Folder folder;
    CHECK(io::read_file(folder.path / "absent").error().code() == Errc::not_found);
    CHECK(io::read_file(folder.path).error().code() == Errc::io);
    REQUIRE(io::replace_file(folder.path / "f", "0123456789").has_value());
    CHECK(io::read_file(folder.path / "f", 5).error().code() == Errc::out_of_range);
    CHECK_FALSE(io::replace_file(folder.path / "f" / "below-a-file", "x").has_value());
    CHECK(*io::read_file(folder.path / "f") == "0123456789");
}

TEST_CASE("files: a finished file is moved into place, or removed when it cannot be") {
    const Folder folder;
    REQUIRE(io::replace_file(folder.path / "old", "old"));
    REQUIRE(io::replace_file(folder.path / ".new", "new"));
    REQUIRE(io::move_into_place(folder.path / ".new", folder.path / "old"));
    CHECK(*io::read_file(folder.path / "old") == "new");
    REQUIRE(io::replace_file(folder.path / ".new", "newer"));
    CHECK_FALSE(io::move_into_place(folder.path / ".new", folder.path / "absent" / "old").has_value());
    CHECK_FALSE(std::filesystem::exists(folder.path / ".new"));
    CHECK(io::move_into_place(folder.path / "absent", folder.path / "old").error().code() == Errc::not_found);
    CHECK(*io::read_head(folder.path / "old", 2) == "ne");
    CHECK(*io::read_head(folder.path / "old", 20) == "new");
}

TEST_CASE("files: a full disk has a kind of its own") {
    errno = ENOSPC;
    CHECK(io::error_from_errno("cannot write", "x").code() == Errc::disk_full);
}

TEST_CASE("fault_E21_two_processes_one_workspace: the second lock is refused at once") {
    const Folder folder;
    {
        const auto first = io::FileLock::acquire(folder.path / "lock");
        REQUIRE(first.has_value());
        const auto second = io::FileLock::acquire(folder.path / "lock");
        REQUIRE_FALSE(second.has_value());
        CHECK(second.error().code() == Errc::locked);
        CHECK(second.error().message().find(std::to_string(::getpid())) != std::string::npos);
    }
    CHECK(io::FileLock::acquire(folder.path / "lock").has_value());
}
