#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/fixed_text.hpp"
#include "base/time.hpp"
#include "core/units.hpp"

namespace plumb::store {

/// Appends values field by field, little-endian on every machine, without padding.
class ByteWriter {
 public:
    explicit ByteWriter(std::string& out) : out_{out} {}

    void u8(std::uint8_t value) { out_ += static_cast<char>(value); }
    void u32(std::uint32_t value) { raw(value, 4); }
    void u64(std::uint64_t value) { raw(value, 8); }
    void f64(double value);
    void time(Timestamp value) { u64(static_cast<std::uint64_t>(to_ns(value))); }
    void duration(Duration value) { u64(static_cast<std::uint64_t>(value.count())); }
    void decimal(Decimal value);
    template <class Unit>
    void amount(Amount<Unit> value) {
        decimal(value.value);
    }
    /// At most 255 bytes.
    void text(std::string_view value);

 private:
    void raw(std::uint64_t value, int bytes) {
        for (int i = 0; i < bytes; ++i) out_ += static_cast<char>(value >> (8 * i) & 0xff);
    }
    std::string& out_;
};

/// Reads what ByteWriter wrote. Past the end or on a value out of range it gives zeros and ok() turns false.
class ByteReader {
 public:
    explicit ByteReader(std::string_view bytes) : bytes_{bytes} {}

    std::uint8_t u8() { return static_cast<std::uint8_t>(raw(1)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(raw(4)); }
    std::uint64_t u64() { return raw(8); }
    double f64();
    Timestamp time() { return timestamp_from_ns(static_cast<std::int64_t>(u64())); }
    Duration duration() { return Duration{static_cast<std::int64_t>(u64())}; }
    Decimal decimal();
    std::string_view text();
    template <class Amount>
    Amount amount() {
        return Amount{decimal()};
    }
    /// An enumerator up to and including `last`.
    template <class Enum>
    Enum choice(Enum last) {
        const std::uint8_t value = u8();
        if (static_cast<std::uint8_t>(last) < value) ok_ = false;
        return ok_ ? static_cast<Enum>(value) : Enum{};
    }
    template <std::size_t Capacity>
    FixedText<Capacity> fixed() {
        const std::string_view found = text();
        if (!FixedText<Capacity>::fits(found)) ok_ = false;
        return ok_ ? FixedText<Capacity>{found} : FixedText<Capacity>{};
    }

    bool ok() const { return ok_; }
    bool at_end() const { return bytes_.empty(); }

 private:
    std::uint64_t raw(int count);

    std::string_view bytes_;
    bool ok_ = true;
};

}  // namespace plumb::store
