#include "io/line_reader.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace plumb;
using plumb::io::LineReader;

namespace {

std::filesystem::path scratch(const char* name) {
    const auto folder = std::filesystem::temp_directory_path() / "plumb_line_reader_test";
    std::filesystem::create_directories(folder);
    return folder / name;
}

void write_plain(const std::filesystem::path& path, const std::string& text) {
    std::ofstream{path, std::ios::binary} << text;
}

void write_gz(const std::filesystem::path& path, const std::string& text) {
    const gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
}

std::vector<std::string> lines_of(LineReader&& reader) {
    std::vector<std::string> lines;
    while (true) {
        const auto line = reader.next();
        if (!line) {
            lines.push_back("error " + std::string{to_string(line.error().code())});
            return lines;
        }
        if (!*line) return lines;
        lines.emplace_back(**line);
    }
}

}  // namespace

TEST_CASE("lines come alike from plain and compressed files, with every kind of ending") {
    const std::string long_line(200'000, 'x');
    const std::string text = "one\r\n\ntwo\n" + long_line + "\nlast without end";
    const std::vector<std::string> expected{"one", "", "two", long_line, "last without end"};
    write_plain(scratch("plain"), text);
    write_gz(scratch("packed"), text);
    for (const char* name : {"plain", "packed"}) {
        auto reader = LineReader::open(scratch(name));
        REQUIRE(reader.has_value());
        CHECK(lines_of(std::move(*reader)) == expected);
        CHECK(reader->line_number() == 5);
    }
    write_plain(scratch("empty"), "");
    CHECK(lines_of(*LineReader::open(scratch("empty"))).empty());
}

TEST_CASE("a compressed file that ends early gives what is whole, then an error") {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += std::to_string(i * 7919) + "\n";
    write_gz(scratch("whole"), text);
    std::ifstream in{scratch("whole"), std::ios::binary};
    std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    write_plain(scratch("torn"), bytes.substr(0, bytes.size() / 2));
    auto reader = LineReader::open(scratch("torn"));
    const std::vector<std::string> lines = lines_of(std::move(*reader));
    CHECK(lines.size() > 1000);
    CHECK(lines.back() == "error truncated");
    CHECK(lines[999] == std::to_string(999 * 7919));
}

TEST_CASE("a line above the limit, a folder and a missing file are refused") {
    write_plain(scratch("long"), std::string(300'000, 'x'));
    CHECK(lines_of(*LineReader::open(scratch("long"), 1000)).back() == "error out_of_range");
    CHECK(LineReader::open(scratch("missing")).error().code() == Errc::not_found);
    CHECK_FALSE(LineReader::open(std::filesystem::temp_directory_path()).has_value());
}
