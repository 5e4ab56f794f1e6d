#include "io/deflate.hpp"

#include <zlib.h>

#include "base/check.hpp"

namespace plumb::io {
namespace {

struct Deflater {
    z_stream stream{};
    Deflater() {
        constexpr int kMemoryLevel = 8;  // zlib's own choice
        PLUMB_CHECK(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, -MAX_WBITS, kMemoryLevel,
                                 Z_DEFAULT_STRATEGY) == Z_OK);
    }
    ~Deflater() { deflateEnd(&stream); }
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;
};

}  // namespace

std::string deflate_message(std::string_view message) {
    thread_local Deflater deflater;
    z_stream& stream = deflater.stream;
    PLUMB_CHECK(deflateReset(&stream) == Z_OK);
    constexpr std::size_t kTail = 4;  // 00 00 ff ff of the flush
    std::string out(deflateBound(&stream, message.size()) + 2 * kTail + 1,
                    '\0');  // and an empty block before it
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(message.data()));
    stream.avail_in = static_cast<uInt>(message.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    PLUMB_CHECK(deflate(&stream, Z_SYNC_FLUSH) == Z_OK && stream.avail_in == 0 && 0 < stream.avail_out);
    out.resize(out.size() - stream.avail_out - kTail);
    if (out.empty()) out.push_back('\0');  // an empty message is one empty block (7.2.3.6)
    return out;
}

}  // namespace plumb::io
