#include "exchange/alpaca/ids.hpp"

#include "signing/signing.hpp"

namespace plumb::exchange::alpaca {
std::optional<std::uint64_t> Uuids::number(IdKind kind, std::string_view text) const {
    if (!is_uuid(text)) return std::nullopt;
    return series(kind).number(text);
}

std::string uuid_of_name(std::string_view name) {
    const auto digest = signing::sha256(name);
    std::uint64_t number = 0;
    for (int i = 0; i < 7; ++i) number = number << 8 | digest[static_cast<std::size_t>(i)];
    return UuidSeries{0, 0}.text(number);
}

bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = text[i];
        const bool is_hex = ('0' <= c && c <= '9') || ('a' <= c && c <= 'f') || ('A' <= c && c <= 'F');
        if (is_dash ? c != '-' : !is_hex) return false;
    }
    return true;
}

}  // namespace plumb::exchange::alpaca
