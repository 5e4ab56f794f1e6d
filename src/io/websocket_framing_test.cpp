#include "io/websocket_framing.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <memory>
#include <tuple>
#include <vector>

#include "io/testing/script.hpp"
#include "io/websocket_handshake.hpp"

using namespace plumb;
using namespace plumb::io;
using io::testing::deflated;
using io::testing::frame_bytes;

namespace {

using Step = WebSocketReader::Step;

constexpr int kFinal = 0x80, kPart = 0, kCompressed = 0xc0, kCompressedPart = 0x40;

std::string bytes_of(std::initializer_list<int> values) {
    std::string bytes;
    for (const int value : values) bytes += static_cast<char>(value);
    return bytes;
}

struct Seen {
    int opcode;
    std::string bytes;
    friend bool operator==(const Seen&, const Seen&) = default;
};

struct Reading {
    std::vector<Seen> events;
    std::string error;  // empty: none
    int code = 0;       // to send after an error
};

/// Feeds `bytes` in pieces of `piece` from memory of exactly that size and its padding, so that the address
/// sanitizer sees a read of one byte more; reads the padding behind each message, as simdjson will.
Reading read(const std::string& bytes, std::size_t piece, WebSocketReader::Limits limits = {},
             std::optional<WebSocketReader::Deflate> deflate = {}) {
    WebSocketReader reader{limits, deflate};
    Reading reading;
    unsigned padding_sum = 0;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        const std::string part = bytes.substr(at, piece);
        const std::unique_ptr<char[]> chunk{new char[part.size() + FlatBuffer::kPadding]()};
        std::memcpy(chunk.get(), part.data(), part.size());
        reader.feed({chunk.get(), part.size()});
        for (;;) {
            WebSocketReader::Event event;
            const Step step = reader.next(event);
            if (step == Step::need_more) break;
            if (step == Step::failed) {
                reading.error = reader.error().message();
                reading.code = reader.code_to_send();
                CHECK(reader.next(event) == Step::failed);
                return reading;
            }
            reading.events.push_back({static_cast<int>(event.opcode), std::string{event.bytes}});
            if (event.opcode > Opcode::binary) continue;
            for (std::size_t i = 0; i < FlatBuffer::kPadding; ++i)
                padding_sum += static_cast<unsigned char>(event.bytes.data()[event.bytes.size() + i]);
        }
    }
    CHECK(padding_sum + 1 != 0);
    return reading;
}

Reading read(const std::string& bytes, WebSocketReader::Limits limits = {},
             std::optional<WebSocketReader::Deflate> deflate = {}) {
    return read(bytes, std::max<std::size_t>(bytes.size(), 1), limits, deflate);
}

/// The refusal of `bytes`, with the close code to send.
std::pair<std::string, int> refusal(const std::string& bytes, WebSocketReader::Limits limits = {},
                                    std::optional<WebSocketReader::Deflate> deflate = {}) {
    const Reading whole = read(bytes, limits, deflate);
    const Reading piecewise = read(bytes, 1, limits, deflate);
    CHECK(whole.error == piecewise.error);
    CHECK(whole.code == piecewise.code);
    return {whole.error, whole.code};
}

constexpr WebSocketReader::Deflate kKeepsWindow{.no_context_takeover = false};

}  // namespace

TEST_CASE("the frames of RFC 6455, 5.7 are read and written") {
    CHECK(read(bytes_of({0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f})).events ==
          std::vector<Seen>{{1, "Hello"}});
    const std::string fragmented = bytes_of({0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f});
    CHECK(read(fragmented).events == std::vector<Seen>{{1, "Hello"}});
    CHECK(read(bytes_of({0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f})).events ==
          std::vector<Seen>{{9, "Hello"}});
    const std::string binary(65536, '\x7e');
    CHECK(read(bytes_of({0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0}) + binary).events ==
          std::vector<Seen>{{2, binary}});
    std::string written;
    append_client_frame(written, Opcode::text, "Hello", {0x37, 0xfa, 0x21, 0x3d});
    CHECK(written == bytes_of({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}));
    CHECK(websocket_accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_CASE("every form of length, at its borders, whatever the pieces the bytes come in") {
    for (const std::size_t size :
         {0, 1, 124, 125, 126, 127, 128, 255, 256, 65534, 65535, 65536, 65537, 200'000}) {
        const std::string payload(size, 'p');
        const std::string bytes = frame_bytes(1, payload) + frame_bytes(2, "then");
        for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7},
                                        size + 1, size + 2, size + 4, size + 11, bytes.size()}) {
            if (piece < 7 && size > 70'000) continue;
            INFO(size, " bytes in pieces of ", piece);
            CHECK(read(bytes, piece).events == std::vector<Seen>{{1, payload}, {2, "then"}});
        }
    }
}

TEST_CASE(
    "the head of a client's frame has the shortest form of each length, and the mask takes itself off") {
    for (const std::size_t size : {0, 1, 125, 126, 65535, 65536}) {
        const std::string payload(size, '\x5a');
        std::string frame;
        append_client_frame(frame, Opcode::binary, payload, {1, 2, 3, 4});
        const std::size_t head = size < 126 ? 2 : size < 65536 ? 4 : 10;
        REQUIRE(frame.size() == head + 4 + size);
        CHECK(frame[0] == '\x82');
        CHECK((static_cast<unsigned char>(frame[1]) & 0x80U) != 0);
        CHECK(frame.substr(2, head - 2) == frame_bytes(2, payload).substr(2, head - 2));
        for (std::size_t i = 0; i < size; ++i) REQUIRE((frame[head + 4 + i] ^ frame[head + i % 4]) == '\x5a');
    }
}

TEST_CASE("a message in one frame is given out where it lies; one in pieces always from the same memory") {
    WebSocketReader reader{{}, std::nullopt};
    std::string chunk = frame_bytes(1, "first") + frame_bytes(1, "second");
    chunk.reserve(chunk.size() + FlatBuffer::kPadding);
    reader.feed(chunk);
    WebSocketReader::Event event;
    REQUIRE(reader.next(event) == Step::event);
    CHECK(event.bytes.data() == chunk.data() + 2);
    REQUIRE(reader.next(event) == Step::event);
    CHECK(event.bytes.data() == chunk.data() + 9);
    REQUIRE(reader.next(event) == Step::need_more);
    std::string parts = frame_bytes(1, std::string(500, 'a'), kPart) + frame_bytes(0, std::string(500, 'b'));
    parts.reserve(parts.size() + FlatBuffer::kPadding);
    const char* where = nullptr;
    for (int i = 0; i < 100; ++i) {
        reader.feed(parts);
        REQUIRE(reader.next(event) == Step::event);
        if (where) CHECK(event.bytes.data() == where);
        where = event.bytes.data();
        REQUIRE(reader.next(event) == Step::need_more);
    }
}

TEST_CASE("control frames between fragments come out at once, the message when it is whole") {
    const std::string bytes = frame_bytes(1, "Hel", kPart) + frame_bytes(9, "ping") +
                              frame_bytes(0, "", kPart) + frame_bytes(10, "") + frame_bytes(0, "lo") +
                              frame_bytes(2, "", kPart) + frame_bytes(0, "") + frame_bytes(8, "");
    const std::vector<Seen> expected = {{9, "ping"}, {10, ""}, {1, "Hello"}, {2, ""}, {8, ""}};
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) CHECK(read(bytes, piece).events == expected);
}

TEST_CASE("fault_F20 every frame the protocol forbids is refused with code 1002") {
    const std::tuple<const char*, std::string, const char*> cases[] = {
        {"masked", bytes_of({0x81, 0x81, 1, 2, 3, 4, 5}), "masked"},
        {"RSV1 without agreement", frame_bytes(1, "x", kCompressed), "not agreed"},
        {"RSV2", frame_bytes(1, "x", 0xa0), "reserved"},
        {"RSV3", frame_bytes(1, "x", 0x90), "reserved"},
        {"opcode 3", frame_bytes(3, "x"), "opcode"},
        {"opcode 7", frame_bytes(7, "x"), "opcode"},
        {"opcode 11", frame_bytes(11, "x"), "opcode"},
        {"opcode 15", frame_bytes(15, "x"), "opcode"},
        {"16 bits for 125", bytes_of({0x81, 126, 0, 125}) + std::string(125, 'x'), "longer than needed"},
        {"64 bits for 65535", bytes_of({0x81, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff}), "longer than needed"},
        {"2^63", bytes_of({0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0}), "longer than needed"},
        {"continuation of nothing", frame_bytes(0, "x"), "continuation of nothing"},
        {"message inside a message", frame_bytes(1, "x", kPart) + frame_bytes(1, "y"), "inside another"},
        {"long control frame", frame_bytes(9, std::string(126, 'x')), "control frame"},
        {"control frame in pieces", frame_bytes(9, "x", kPart), "control frame"},
    };
    for (const auto& [name, bytes, words] : cases) {
        INFO(name);
        const auto [error, code] = refusal(bytes);
        CHECK(error.contains(words));
        CHECK(code == 1002);
    }
    const std::pair<const char*, std::string> with_deflate[] = {
        {"compressed ping", frame_bytes(9, "x", kCompressed)},
        {"compressed continuation", frame_bytes(1, "x", kCompressedPart) + frame_bytes(0, "x", kCompressed)},
    };
    for (const auto& [name, bytes] : with_deflate) {
        INFO(name);
        CHECK(refusal(bytes, {}, kKeepsWindow).second == 1002);
    }
}

TEST_CASE("fault_F20 a length above the limit is refused with code 1009 before its payload is kept") {
    const WebSocketReader::Limits limits{.message_bytes_max = 1000};
    CHECK(read(frame_bytes(1, std::string(1000, 'x')), limits).events.size() == 1);
    CHECK(refusal(frame_bytes(1, std::string(1001, 'x')).substr(0, 4), limits).second == 1009);
    CHECK(refusal(bytes_of({0x81, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), limits).second ==
          1009);
    // The pieces of one message count together.
    const std::string half = frame_bytes(1, std::string(500, 'x'), kPart);
    CHECK(read(half + frame_bytes(0, std::string(500, 'x')), limits).events.size() == 1);
    CHECK(refusal(half + frame_bytes(0, std::string(501, 'x')), limits).second == 1009);
    CHECK(refusal(half + frame_bytes(0, "", kPart) + frame_bytes(0, std::string(501, 'x'), kPart), limits)
              .second == 1009);
}

TEST_CASE("the compressed messages of RFC 7692, 7.2.3 are read") {
    const std::string hello = bytes_of({0xc1, 0x07, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00});
    CHECK(read(hello, {}, kKeepsWindow).events == std::vector<Seen>{{1, "Hello"}});
    const std::string in_pieces =
        bytes_of({0x41, 0x03, 0xf2, 0x48, 0xcd, 0x80, 0x04, 0xc9, 0xc9, 0x07, 0x00});
    CHECK(read(in_pieces, {}, kKeepsWindow).events == std::vector<Seen>{{1, "Hello"}});
    const std::string refers_back = bytes_of({0xc1, 0x05, 0xf2, 0x00, 0x11, 0x00, 0x00});
    CHECK(read(hello + refers_back, {}, kKeepsWindow).events ==
          std::vector<Seen>{{1, "Hello"}, {1, "Hello"}});
    const std::string stored =
        bytes_of({0xc1, 0x0b, 0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00});
    CHECK(read(stored, {}, kKeepsWindow).events == std::vector<Seen>{{1, "Hello"}});
    const std::string two_blocks =
        bytes_of({0xc1, 0x0d, 0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00});
    CHECK(read(two_blocks, {}, kKeepsWindow).events == std::vector<Seen>{{1, "Hello"}});
    // Without takeover a reference to the message before is damage.
    CHECK(read(hello + refers_back, {}, WebSocketReader::Deflate{.no_context_takeover = true}).code == 1007);
}

TEST_CASE("a deflate stream that says its own end: RFC 7692, 7.2.3.4") {
    const std::string final_block = bytes_of({0xc1, 0x08, 0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00});
    CHECK(read(final_block + final_block, {}, kKeepsWindow).events ==
          std::vector<Seen>{{1, "Hello"}, {1, "Hello"}});
}

TEST_CASE("compressed messages of any size, mixed with plain ones, whatever the pieces") {
    std::string bytes;
    std::vector<Seen> expected;
    for (const std::size_t size : {0, 1, 100, 5000, 70'000}) {
        std::string payload;
        for (std::size_t i = 0; i < size; ++i) payload += static_cast<char>('a' + (i * i + i / 7) % 26);
        const std::string compressed = deflated(payload);
        const std::size_t middle = compressed.size() / 2;
        bytes += frame_bytes(1, compressed, kCompressed) + frame_bytes(1, "plain") +
                 frame_bytes(2, compressed.substr(0, middle), kCompressedPart) + frame_bytes(9, "p") +
                 frame_bytes(0, compressed.substr(middle));
        for (const Seen& each : {Seen{1, payload}, Seen{1, "plain"}, Seen{9, "p"}, Seen{2, payload}})
            expected.push_back(each);
    }
    const WebSocketReader::Deflate fresh{.no_context_takeover = true};
    for (const std::size_t piece : {std::size_t{1}, std::size_t{13}, std::size_t{1000}, bytes.size()})
        CHECK(read(bytes, piece, {}, fresh).events == expected);
}

TEST_CASE("fault_F20 a deflate bomb is refused with code 1009 at the limit, a damaged stream with 1007") {
    const std::string bomb = frame_bytes(1, deflated(std::string(5'000'000, '0')), kCompressed);
    REQUIRE(bomb.size() < 6'000);
    const auto [too_big, code] =
        refusal(bomb, {.message_bytes_max = 1'000'000, .inflate_ratio_max = 100'000}, kKeepsWindow);
    CHECK(too_big.contains("size limit"));
    CHECK(code == 1009);
    const auto [ratio, ratio_code] =
        refusal(bomb, {.message_bytes_max = 100'000'000, .inflate_ratio_max = 100}, kKeepsWindow);
    CHECK(ratio.contains("ratio limit"));
    CHECK(ratio_code == 1009);
    CHECK(
        read(bomb, {.message_bytes_max = 5'000'000, .inflate_ratio_max = 2000}, kKeepsWindow).events.size() ==
        1);
    CHECK(refusal(bomb, {.message_bytes_max = 4'999'999, .inflate_ratio_max = 2000}, kKeepsWindow).second ==
          1009);
    CHECK(refusal(frame_bytes(1, bytes_of({0xff, 0xff, 0xff}), kCompressed), {}, kKeepsWindow).second ==
          1007);
}

TEST_CASE("close frames: codes that may travel, and those that may not") {
    CHECK(parse_close("")->code == close_code::kNone);
    CHECK_FALSE(parse_close("x"));
    for (const int code : {1000, 1001, 1002, 1003, 1007, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999}) {
        const std::string payload = close_payload(static_cast<std::uint16_t>(code), "why");
        const Result<CloseFrame> frame = parse_close(payload);
        REQUIRE(frame);
        CHECK(frame->code == code);
        CHECK(frame->reason == "why");
    }
    for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65535})
        CHECK_FALSE(parse_close(close_payload(static_cast<std::uint16_t>(code), "")));
    CHECK(close_payload(1000, std::string(500, 'x')).size() == 125);
}
