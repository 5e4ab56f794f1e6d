#include "io/inflate.hpp"

#include <zlib.h>

#include <algorithm>

#include "base/check.hpp"

namespace plumb::io {
namespace {

constexpr std::size_t kStepBytes = std::size_t{16} << 10;

}  // namespace

struct Inflater::Impl {
    z_stream stream{};
    Format format;
    InflateLimits limits;
    std::size_t bytes_in = 0;  // of this message
    std::size_t bytes_out = 0;
    bool ended = false;

    ~Impl() { inflateEnd(&stream); }
};

Inflater::Inflater(Format format, InflateLimits limits) : impl_{std::make_unique<Impl>()} {
    impl_->format = format;
    impl_->limits = limits;
    // 16 + 15: gzip with any window; negative: no header at all.
    PLUMB_CHECK(inflateInit2(&impl_->stream, format == Format::gzip ? 16 + MAX_WBITS : -MAX_WBITS) == Z_OK);
}

Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;

Status Inflater::feed(std::string_view bytes, FlatBuffer& out) {
    z_stream& stream = impl_->stream;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    impl_->bytes_in += bytes.size();
    for (;;) {
        if (impl_->ended) {
            if (stream.avail_in == 0) return {};
            return fail(Errc::corrupt, "compressed bytes go on after their end");
        }
        const std::size_t left = impl_->limits.bytes_max - impl_->bytes_out;
        const std::size_t count = std::min(left + 1, kStepBytes);  // one more than allowed shows the breach
        stream.next_out = reinterpret_cast<Bytef*>(out.room(count));
        stream.avail_out = static_cast<uInt>(count);
        const int status = inflate(&stream, Z_SYNC_FLUSH);
        const std::size_t got = count - stream.avail_out;
        out.grow(got);
        impl_->bytes_out += got;
        if (impl_->limits.bytes_max < impl_->bytes_out)
            return fail(Errc::out_of_range, "compressed bytes grow beyond the size limit");
        if (InflateLimits::kRatioFreeBytes < impl_->bytes_out &&
            impl_->limits.ratio_max < impl_->bytes_out / std::max<std::size_t>(impl_->bytes_in, 1))
            return fail(Errc::out_of_range, "compressed bytes grow beyond the ratio limit");
        if (status == Z_STREAM_END) {
            impl_->ended = true;
            // Raw blocks may follow one that called itself the last (RFC 7692, 7.2.3.4), without its window.
            if (impl_->format == Format::raw && stream.avail_in > 0) restart();
        } else if (status == Z_BUF_ERROR) {
            return {};  // all input is used and nothing is left to give out
        } else if (status != Z_OK) {
            return fail(Errc::corrupt, "compressed bytes are damaged");
        } else if (stream.avail_in == 0 && 0 < stream.avail_out) {
            return {};
        }
    }
}

bool Inflater::ended() const { return impl_->ended; }

void Inflater::next_message() { impl_->bytes_in = impl_->bytes_out = 0; }

void Inflater::reset() {
    restart();
    next_message();
}

void Inflater::restart() {
    PLUMB_CHECK(inflateReset(&impl_->stream) == Z_OK);
    impl_->ended = false;
}

}  // namespace plumb::io
