#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/result.hpp"
#include "io/flat_buffer.hpp"

namespace plumb::io {

/// How much may come out of compressed bytes from outside, before it is a bomb (F20).
struct InflateLimits {
    std::size_t bytes_max = std::size_t{32} << 20;  // of what comes out, of one message
    /// Out by in, asked once kRatioFreeBytes came out: small messages may be as repetitive as they like.
    std::size_t ratio_max = 200;
    static constexpr std::size_t kRatioFreeBytes = std::size_t{256} << 10;
};

/// Undoes gzip or raw deflate piece by piece, never more than the limits, whatever the bytes say (zlib
/// inside).
class Inflater {
 public:
    enum class Format : unsigned char { gzip, raw };

    Inflater(Format format, InflateLimits limits);
    ~Inflater();
    Inflater(Inflater&&) noexcept;
    Inflater& operator=(Inflater&&) noexcept;

    /// Appends what comes out of `bytes` to `out`. Errc::out_of_range above a limit, Errc::corrupt for bytes
    /// that are no such stream or go on after its end; after an error nothing more is to be fed.
    Status feed(std::string_view bytes, FlatBuffer& out);

    /// The stream said its end.
    bool ended() const;

    /// The limits count anew; the window stays (permessage-deflate with context takeover).
    void next_message();
    /// As new.
    void reset();

 private:
    struct Impl;
    void restart();
    std::unique_ptr<Impl> impl_;
};

}  // namespace plumb::io
