#include "core/ids.hpp"

#include <fmt/format.h>

#include <charconv>

namespace plumb {
namespace {

template <class Number>
bool take_number(std::string_view& text, int base, char stop, Number& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
    if (error != std::errc{}) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (stop == '\0') return text.empty();
    if (text.empty() || text[0] != stop) return false;
    text.remove_prefix(1);
    return true;
}

}  // namespace

std::string ClientOrderId::to_string() const {
    return fmt::format("pl-{:08x}-{}-{}", install, epoch, counter);
}

Result<ClientOrderId> ClientOrderId::parse(std::string_view text) {
    ClientOrderId id;
    if (!text.starts_with("pl-"))
        return fail(Errc::parse, "expected a client order id such as pl-1a2b3c4d-7-42");
    text.remove_prefix(3);
    if (!take_number(text, 16, '-', id.install) || !take_number(text, 10, '-', id.epoch) ||
        !take_number(text, 10, '\0', id.counter)) {
        return fail(Errc::parse, "expected a client order id such as pl-1a2b3c4d-7-42");
    }
    return id;
}

}  // namespace plumb
