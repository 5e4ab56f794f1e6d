// Any bytes inflate within the limits, or are refused. The first byte chooses format and pieces.
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "io/inflate.hpp"

using namespace plumb;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    constexpr std::size_t kBytesMax = 100'000;
    std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
    io::Inflater inflater{(data[0] & 1U) != 0 ? io::Inflater::Format::gzip : io::Inflater::Format::raw,
                          {.bytes_max = kBytesMax, .ratio_max = 100}};
    io::FlatBuffer out;
    const std::size_t piece = 1U + data[0] / 2U;
    while (!bytes.empty()) {
        const Status fed = inflater.feed(bytes.substr(0, piece), out);
        PLUMB_CHECK(out.size() <= kBytesMax + 1);
        if (!fed) return 0;
        bytes.remove_prefix(std::min(piece, bytes.size()));
    }
    return 0;
}
