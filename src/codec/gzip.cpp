#include "codec/gzip.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>

namespace plumb::codec {
namespace {

/// Owns zlib's state.
class Inflater {
 public:
    Inflater() { ready_ = inflateInit2(&stream_, MAX_WBITS + 16) == Z_OK; }  // +16: gzip headers only
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater() { inflateEnd(&stream_); }

    bool ready() const { return ready_; }
    z_stream& stream() { return stream_; }

 private:
    z_stream stream_{};
    bool ready_ = false;
};

struct Inflated {
    std::string text;
    bool complete = false;
};

/// Inflates until the input ends or `count` bytes are there.
Result<Inflated> inflate_up_to(std::string_view bytes, std::size_t count) {
    Inflater inflater;
    if (!inflater.ready()) return fail(Errc::io, "no memory to inflate with");
    z_stream& stream = inflater.stream();
    // zlib takes a pointer to non-const and does not write through it.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    std::size_t left = bytes.size();
    Inflated out;
    while (out.text.size() < count) {
        const std::size_t done = out.text.size();
        out.text.resize(std::min(count, std::max<std::size_t>(done * 2, bytes.size() * 4 + 4096)));
        const std::size_t room =
            std::min<std::size_t>(out.text.size() - done, std::numeric_limits<uInt>::max());
        const std::size_t fed = std::min<std::size_t>(left, std::numeric_limits<uInt>::max());
        stream.next_out = reinterpret_cast<Bytef*>(out.text.data() + done);
        stream.avail_out = static_cast<uInt>(room);
        stream.avail_in = static_cast<uInt>(fed);
        const int code = inflate(&stream, Z_NO_FLUSH);
        left -= fed - stream.avail_in;
        out.text.resize(done + room - stream.avail_out);
        if (code == Z_STREAM_END) {
            const bool another = left >= 2 && is_gzip({reinterpret_cast<const char*>(stream.next_in), left});
            if (!another) {
                out.complete = true;
                return out;
            }
            inflateReset(&stream);
        } else if (code == Z_BUF_ERROR || (code == Z_OK && left == 0 && stream.avail_out != 0)) {
            return out;  // the input ends in the middle
        } else if (code != Z_OK) {
            return fail(Errc::corrupt, "the gzip data is damaged: fetch or compress the file again");
        }
    }
    return out;
}

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

Result<std::string> gunzip(std::string_view bytes, std::size_t inflated_max) {
    Result<Inflated> inflated = inflate_up_to(bytes, inflated_max + 1);
    if (!inflated) return fail(inflated.error());
    if (inflated->text.size() > inflated_max) {
        return fail(Errc::out_of_range,
                    fmt::format("expected at most {} bytes after inflating, found more", inflated_max));
    }
    if (!inflated->complete) {
        return fail(Errc::truncated,
                    "the gzip data ends in the middle: the file was cut short; fetch or copy it again");
    }
    return std::move(inflated->text);
}

Result<std::string> gunzip_head(std::string_view bytes, std::size_t count) {
    Result<Inflated> inflated = inflate_up_to(bytes, count);
    if (!inflated) return fail(inflated.error());
    return std::move(inflated->text);
}

}  // namespace plumb::codec
