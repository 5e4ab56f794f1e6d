#include "exchange/alpaca/json_in.hpp"

#include <fmt/format.h>

#include <vector>

#include "exchange/alpaca/text.hpp"

namespace plumb::exchange::alpaca {
namespace {

/// Builds a value from what the parser meets, with a bound on its depth.
class Builder : public nlohmann::json_sax<Json> {
 public:
    bool null() override { return put(nullptr); }
    bool boolean(bool value) override { return put(value); }
    bool number_integer(number_integer_t value) override { return put(value); }
    bool number_unsigned(number_unsigned_t value) override { return put(value); }
    bool number_float(number_float_t, const string_t& text) override { return put(text); }
    bool string(string_t& value) override { return put(std::move(value)); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool key(string_t& name) override {
        key_ = name;
        return true;
    }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
        return false;
    }

    Json& root() { return root_; }

 private:
    Json* place(Json value) {
        if (open_.empty()) {
            root_ = std::move(value);
            return &root_;
        }
        Json& parent = *open_.back();
        if (parent.is_array()) return &parent.emplace_back(std::move(value));
        return &(parent[key_] = std::move(value));
    }
    bool put(Json value) {
        place(std::move(value));
        return true;
    }
    bool open(Json value) {
        if (kNestingMax <= static_cast<int>(open_.size())) return false;
        open_.push_back(place(std::move(value)));
        return true;
    }
    bool close() {
        open_.pop_back();
        return true;
    }

    Json root_;
    std::vector<Json*> open_;  // a container is only touched through its innermost open child
    std::string key_;
};

/// The bytes a MessagePack item takes beside its children, and how many children it has.
struct Item {
    std::size_t bytes = 0;
    std::size_t children = 0;
};

std::size_t big_endian(std::string_view bytes, std::size_t at, std::size_t width) {
    std::size_t value = 0;
    for (std::size_t i = 0; i < width; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

std::optional<Item> item_at(std::string_view bytes, std::size_t at) {
    const auto tag = static_cast<unsigned char>(bytes[at]);
    if (tag <= 0x7f || 0xe0 <= tag) return Item{1, 0};
    if (tag <= 0x8f) return Item{1, std::size_t{2} * (tag & 0xfU)};
    if (tag <= 0x9f) return Item{1, tag & 0xfU};
    if (tag <= 0xbf) return Item{1 + (tag & 0x1fU), 0};
    const auto sized = [&](std::size_t width) -> std::optional<std::size_t> {
        if (bytes.size() < at + 1 + width) return std::nullopt;
        return big_endian(bytes, at + 1, width);
    };
    switch (tag) {
        case 0xc0:
        case 0xc2:
        case 0xc3: return Item{1, 0};
        case 0xca: return Item{5, 0};
        case 0xcb: return Item{9, 0};
        case 0xcc:
        case 0xd0: return Item{2, 0};
        case 0xcd:
        case 0xd1: return Item{3, 0};
        case 0xce:
        case 0xd2: return Item{5, 0};
        case 0xcf:
        case 0xd3: return Item{9, 0};
        default: break;
    }
    // str 8, 16, 32; array 16, 32; map 16, 32. Binaries and extensions have no place in these messages.
    const std::size_t width = tag == 0xd9 ? 1 : tag == 0xda || tag == 0xdc || tag == 0xde ? 2 : 4;
    if (tag < 0xd9) return std::nullopt;
    const auto size = sized(width);
    if (!size) return std::nullopt;
    if (tag <= 0xdb) return Item{1 + width + *size, 0};
    return Item{1 + width, tag <= 0xdd ? *size : 2 * *size};
}

/// nlohmann::json reads MessagePack by recursion, so depth is bounded before it starts.
bool is_shallow_msgpack(std::string_view bytes) {
    std::vector<std::size_t> left{1};
    std::size_t at = 0;
    while (!left.empty()) {
        if (left.back() == 0) {
            left.pop_back();
            continue;
        }
        --left.back();
        if (bytes.size() <= at) return false;
        const auto item = item_at(bytes, at);
        if (!item || bytes.size() - at < item->bytes) return false;
        at += item->bytes;
        if (bytes.size() - at < item->children) return false;
        if (0 < item->children) left.push_back(item->children);
        if (kNestingMax < static_cast<int>(left.size())) return false;
    }
    return at == bytes.size();
}

}  // namespace

std::optional<Json> read_json(std::string_view text) {
    if (kMessageBytesMax < text.size()) return std::nullopt;
    Builder builder;
    if (!Json::sax_parse(text, &builder)) return std::nullopt;
    return std::move(builder.root());
}

std::optional<Json> read_msgpack(std::string_view bytes) {
    if (kMessageBytesMax < bytes.size() || !is_shallow_msgpack(bytes)) return std::nullopt;
    Json value = Json::from_msgpack(bytes, true, false);
    if (value.is_discarded()) return std::nullopt;
    return value;
}

std::optional<Decimal> decimal_field(const Json& object, const char* name, bool& is_bad) {
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) return std::nullopt;
    std::optional<Decimal> value;
    if (found->is_string()) {
        const auto& text = found->get_ref<const std::string&>();
        if (text.empty()) return std::nullopt;
        value = parse_number(text);
    } else if (found->is_number_unsigned()) {
        value = parse_number(fmt::format("{}", found->get<std::uint64_t>()));
    } else if (found->is_number_integer()) {
        value = parse_number(fmt::format("{}", found->get<std::int64_t>()));
    }
    if (!value) is_bad = true;
    return value;
}

std::string text_field(const Json& object, const char* name, bool& is_bad) {
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) return {};
    if (!found->is_string()) {
        is_bad = true;
        return {};
    }
    return found->get<std::string>();
}

bool bool_field(const Json& object, const char* name, bool otherwise, bool& is_bad) {
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) return otherwise;
    if (!found->is_boolean()) {
        is_bad = true;
        return otherwise;
    }
    return found->get<bool>();
}

}  // namespace plumb::exchange::alpaca
