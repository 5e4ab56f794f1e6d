#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "core/units.hpp"
#include "wire/frame_tokens.hpp"
#include "wire/wire_event.hpp"

namespace plumb::wire {

/// The keys a decoder knows, each with a small number: the place of the key in the list. Made at compile
/// time; finding one costs a hash of its first and last letter and its length, and one comparison or two.
template <std::size_t Count>
class KeyTable {
 public:
    static_assert(0 < Count && Count <= 64);
    static constexpr std::size_t kNone = Count;

    consteval explicit KeyTable(const std::array<std::string_view, Count>& names) : names_{names} {
        slots_.fill(Count);
        for (std::size_t i = 0; i < Count; ++i)
            for (std::size_t at = 0; at < names[i].size() && at < kWordBytes; ++at)
                words_[i][at / 8] |= std::uint64_t{static_cast<unsigned char>(names[i][at])} << 8 * (at % 8);
        for (std::size_t i = 0; i < Count; ++i) {
            std::size_t at = place_of(names[i]);
            while (slots_[at] != Count) at = (at + 1) % slots_.size();
            slots_[at] = static_cast<unsigned char>(i);
        }
    }

    /// kNone for a key that is not in the list.
    constexpr std::size_t find(std::string_view key) const {
        if (key.empty()) return kNone;
        for (std::size_t at = place_of(key); slots_[at] != Count; at = (at + 1) % slots_.size())
            if (is_same(names_[slots_[at]], key)) return slots_[at];
        return kNone;
    }
    /// The same for a key behind whose begin kWordBytes may be read: it is compared in two words.
    std::size_t find_padded(std::string_view key) const {
        static_assert(std::endian::native == std::endian::little);
        if (key.empty() || kWordBytes < key.size()) return find(key);
        std::array<std::uint64_t, 2> words;
        std::memcpy(words.data(), key.data(), kWordBytes);
        words[0] &= kMasks[key.size()][0];
        words[1] &= kMasks[key.size()][1];
        for (std::size_t at = place_of(key); slots_[at] != Count; at = (at + 1) % slots_.size()) {
            const std::size_t found = slots_[at];
            // A name may be longer than its words.
            if (((words_[found][0] ^ words[0]) | (words_[found][1] ^ words[1])) == 0 &&
                names_[found].size() == key.size())
                return found;
        }
        return kNone;
    }
    constexpr std::string_view name(std::size_t key) const { return names_[key]; }

    static constexpr std::size_t kWordBytes = 16;

 private:
    /// Of the first bytes, by how many.
    static constexpr std::array<std::array<std::uint64_t, 2>, kWordBytes + 1> kMasks = [] {
        std::array<std::array<std::uint64_t, 2>, kWordBytes + 1> masks{};
        for (std::size_t size = 1; size <= kWordBytes; ++size)
            for (std::size_t at = 0; at < size; ++at)
                masks[size][at / 8] |= std::uint64_t{0xff} << 8 * (at % 8);
        return masks;
    }();

    /// As ==, inline: keys have a few letters.
    static constexpr bool is_same(std::string_view a, std::string_view b) {
        if (a.size() != b.size()) return false;
        for (std::size_t i = 0; i < a.size(); ++i)
            if (a[i] != b[i]) return false;
        return true;
    }
    static constexpr std::size_t place_of(std::string_view key) {
        const auto first = static_cast<unsigned char>(key.front()),
                   last = static_cast<unsigned char>(key.back());
        return (first * 7u + last * 31u + key.size() * 61u) % 256;
    }

    std::array<std::string_view, Count> names_;
    std::array<std::array<std::uint64_t, 2>, Count> words_{};  // the first bytes of each name, then zeros
    std::array<unsigned char, 256> slots_{};
};

/// The scalar members of one JSON object, as raw tokens by key number.
class Members {
 public:
    void clear() { seen_ = 0; }
    /// False when the key is there already.
    bool set(std::size_t key, std::string_view token) {
        const bool fresh = !has(key);
        seen_ |= std::uint64_t{1} << key;
        tokens_[key] = token;
        return fresh;
    }
    bool has(std::size_t key) const { return (seen_ >> key & 1) != 0; }
    /// There, and not null.
    bool says(std::size_t key) const { return has(key) && !tokens_[key].starts_with("null"); }
    std::string_view token(std::size_t key) const { return tokens_[key]; }

 private:
    std::uint64_t seen_ = 0;
    std::array<std::string_view, 64> tokens_;
};

/// Reads members as values, remembers the first thing wrong, and gives zeros from then on.
template <std::size_t Count>
class MemberReader {
 public:
    /// `frame` is where the bytes begin, for offsets.
    MemberReader(const KeyTable<Count>& keys, const Members& members, const char* frame, Decimals decimals)
        : keys_{keys}, members_{members}, frame_{frame}, decimals_{decimals} {}

    bool has(std::size_t key) const { return members_.has(key); }
    bool says(std::size_t key) const { return members_.says(key); }
    /// As it stands in the bytes; empty where it is not there.
    std::string_view token(std::size_t key) const {
        return members_.has(key) ? members_.token(key) : std::string_view{};
    }

    std::string_view text(std::size_t key) {
        const std::optional<std::string_view> text = frame_text_of(take(key));
        if (!text) refuse("expected text in quotes", key);
        return text.value_or(std::string_view{});
    }
    std::uint64_t number(std::size_t key) {
        const std::optional<std::uint64_t> number = frame_number_of(take(key));
        if (!number) refuse("expected a whole number without quotes", key);
        return number.value_or(0);
    }
    bool truth(std::size_t key) {
        const std::string_view token = take(key);
        if (token.starts_with("true")) return true;
        if (!token.starts_with("false")) refuse("expected true or false", key);
        return false;
    }
    /// A number of milliseconds, microseconds or nanoseconds since 1970.
    Timestamp time_of_count(std::size_t key) {
        const std::uint64_t count = number(key);
        const std::optional<Timestamp> time = time_of_number(count);
        if (!time || count == 0) refuse("expected a time since 1970", key);
        return time.value_or(Timestamp{});
    }
    /// RFC 3339 text.
    Timestamp time(std::size_t key) {
        const std::optional<Timestamp> time = time_of_text(text(key));
        if (!time) refuse("expected a time such as 2024-08-08T23:54:15Z", key);
        return time.value_or(Timestamp{});
    }
    Decimal decimal(std::size_t key) {  // any sign, within the bands
        const std::optional<Decimal> value = frame_decimal_of(take(key), decimals_);
        if (!value) refuse("expected a decimal number of the venue's kind", key);
        if (value && kQuantityMax < value->abs()) refuse("the number is larger than any market's", key);
        return value.value_or(Decimal{});
    }
    Price price(std::size_t key) { return Price{in_band(key, false, kPriceMax)}; }
    Price price_or_zero(std::size_t key) { return Price{in_band(key, true, kPriceMax)}; }
    Quantity quantity(std::size_t key) { return Quantity{in_band(key, false, kQuantityMax)}; }
    Quantity quantity_or_zero(std::size_t key) { return Quantity{in_band(key, true, kQuantityMax)}; }

    template <std::size_t Capacity>
    FixedText<Capacity> fixed(std::size_t key) {
        const std::string_view found = text(key);
        if (FixedText<Capacity>::fits(found)) return FixedText<Capacity>{found};
        refuse("the text is longer than the venue promises", key);
        return {};
    }

    void refuse(const char* reason, std::size_t key) {
        if (refused_) return;
        const std::size_t offset =
            members_.has(key) ? static_cast<std::size_t>(members_.token(key).data() - frame_) : 0;
        refused_ = Refused{reason, keys_.name(key).substr(0, 24), offset};
    }
    bool ok() const { return !refused_; }
    const Refused& refused() const { return *refused_; }

 private:
    /// The token, or an empty one after refusing that it is missing.
    std::string_view take(std::size_t key) {
        if (members_.has(key)) return members_.token(key);
        refuse("a key is missing", key);
        return {};
    }
    Decimal in_band(std::size_t key, bool zero_allowed, Decimal most) {
        const Decimal value = decimal(key);
        if (value.sign() < 0 || (value.sign() == 0 && !zero_allowed))
            refuse(zero_allowed ? "expected a number not below zero" : "expected a number above zero", key);
        if (most < value) refuse("the number is larger than any market's", key);
        return value;
    }

    const KeyTable<Count>& keys_;
    const Members& members_;
    const char* frame_;
    Decimals decimals_;
    std::optional<Refused> refused_;
};

}  // namespace plumb::wire
