#include "store/bytes.hpp"

#include <bit>

#include "base/check.hpp"

namespace plumb::store {

void ByteWriter::f64(double value) { u64(std::bit_cast<std::uint64_t>(value)); }

void ByteWriter::decimal(Decimal value) {
    const Int128 units = value.units();
    u64(static_cast<std::uint64_t>(units));
    u64(static_cast<std::uint64_t>(units >> 64));
}

void ByteWriter::text(std::string_view value) {
    PLUMB_CHECK(value.size() <= 255);
    u8(static_cast<std::uint8_t>(value.size()));
    out_ += value;
}

std::uint64_t ByteReader::raw(int count) {
    if (bytes_.size() < static_cast<std::size_t>(count)) {
        ok_ = false;
        bytes_ = {};
    }
    if (!ok_) return 0;
    std::uint64_t value = 0;
    for (int i = 0; i < count; ++i)
        value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes_[static_cast<std::size_t>(i)]))
                 << (8 * i);
    bytes_.remove_prefix(static_cast<std::size_t>(count));
    return value;
}

double ByteReader::f64() { return std::bit_cast<double>(u64()); }

Decimal ByteReader::decimal() {
    const std::uint64_t low = u64();
    const auto high = static_cast<std::int64_t>(u64());
    return Decimal::from_units(static_cast<Int128>(high) * (static_cast<Int128>(1) << 64) +
                               static_cast<Int128>(low));
}

std::string_view ByteReader::text() {
    const std::size_t size = u8();
    if (bytes_.size() < size) ok_ = false;
    if (!ok_) return {};
    const std::string_view value = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return value;
}

}  // namespace plumb::store
