#include "wire/frame_reader.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace plumb;
using namespace plumb::wire;

namespace {

std::vector<std::string> frames_of(const std::string& text, FrameReader::Lists lists) {
    const auto path = std::filesystem::temp_directory_path() / "plumb_frame_reader_test.jsonl";
    std::ofstream{path} << text;
    auto reader = FrameReader::open(path, lists);
    REQUIRE(reader.has_value());
    std::vector<std::string> frames;
    while (true) {
        const auto frame = reader->next();
        REQUIRE(frame.has_value());
        if (!*frame) break;
        frames.emplace_back((*frame)->text);
    }
    std::filesystem::remove(path);
    return frames;
}

using Frames = std::vector<std::string>;

}  // namespace

TEST_CASE("a venue that sends lists has each list of its recording as one frame") {
    constexpr auto kLists = FrameReader::Lists::are_frames;
    const Frames two{R"([{"T":"q"},{"T":"t"}])", R"([{"T":"b"}])"};
    CHECK(frames_of(two[0] + "\n" + two[1] + "\n", kLists) == two);
    CHECK(frames_of("1723161253937085768 " + two[0] + "\n1723161253.5: " + two[1] + "\n", kLists) == two);
    CHECK(frames_of("[" + two[0] + ", " + two[1] + "]\n", kLists) == two);   // a list of frames
    CHECK(frames_of("[" + two[0] + ",\n" + two[1] + "]\n", kLists) == two);  // over two lines
    CHECK(frames_of("[\n  {\"T\":\"q\"}\n]\n", kLists) == Frames{"[\n  {\"T\":\"q\"}\n]"});
    CHECK(frames_of(R"({"stream":"trade_updates"})"
                    "\n" +
                        two[1] + "\n",
                    kLists) == Frames{R"({"stream":"trade_updates"})", two[1]});
}

TEST_CASE("a venue that sends objects has a list of its recording cut into frames") {
    CHECK(frames_of("[{\"e\":1},{\"e\":2}]\n{\"e\":3}\n", FrameReader::Lists::hold_frames) ==
          Frames{R"({"e":1})", R"({"e":2})", R"({"e":3})"});
}
