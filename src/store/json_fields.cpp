#include "store/json_fields.hpp"

#include <fmt/format.h>

#include <cmath>

namespace plumb::store {

using codec::Json;

JsonFields::JsonFields(const Json& object, std::string where) : object_{&object}, where_{std::move(where)} {
    if (!object.is_object()) {
        object_ = nullptr;
        trouble_ =
            Error{Errc::parse, fmt::format("expected an object, found {}", object.type_name())}.at(where_);
    }
}

void JsonFields::trouble(Error error) {
    if (!trouble_) trouble_ = std::move(error).at(where_);
}

Status JsonFields::status() const {
    if (trouble_) return fail(*trouble_);
    return {};
}

const Json* JsonFields::find(const char* key) {
    read_.emplace(key);
    if (object_ == nullptr) return nullptr;
    const auto at = object_->find(key);
    return at == object_->end() ? nullptr : &*at;
}

const Json* JsonFields::require(const char* key) {
    const Json* value = find(key);
    if (value == nullptr)
        trouble(Error{Errc::missing_column, fmt::format("expected the key \"{}\", found none", key)});
    return value;
}

void JsonFields::wrong_type(const char* key, const char* expected, const Json& found) {
    trouble(Error{Errc::parse,
                  fmt::format("key \"{}\": expected {}, found {}", key, expected, found.type_name())});
}

bool JsonFields::has(const char* key) const { return object_ != nullptr && object_->contains(key); }

std::string JsonFields::text(const char* key) {
    const Json* value = require(key);
    if (value == nullptr) return {};
    if (value->is_string()) return value->get<std::string>();
    wrong_type(key, "a text", *value);
    return {};
}

std::string JsonFields::text_or(const char* key, std::string_view fallback) {
    return has(key) ? text(key) : (find(key), std::string{fallback});
}

std::optional<std::string> JsonFields::text_if(const char* key) {
    const Json* value = find(key);
    if (value == nullptr || value->is_null()) return std::nullopt;
    return text(key);
}

double JsonFields::number(const char* key) {
    const Json* value = require(key);
    if (value == nullptr) return 0;
    if (!value->is_number() && !value->is_null()) {
        wrong_type(key, "a number", *value);
        return 0;
    }
    const double number = value->is_null() ? std::nan("") : value->get<double>();
    if (std::isfinite(number)) return number;
    trouble(Error{Errc::not_finite, fmt::format("key \"{}\": expected a finite number, found {}", key,
                                                value->is_null() ? "null" : codec::number_text(number))});
    return 0;
}

double JsonFields::number_or(const char* key, double fallback) {
    return has(key) ? number(key) : (find(key), fallback);
}

std::optional<double> JsonFields::number_if(const char* key) {
    const Json* value = find(key);
    if (value == nullptr || value->is_null()) return std::nullopt;
    if (!value->is_number()) {
        wrong_type(key, "a number", *value);
        return std::nullopt;
    }
    const double number = value->get<double>();
    return std::isfinite(number) ? std::optional{number} : std::nullopt;
}

std::int64_t JsonFields::integer(const char* key) {
    const double value = number(key);
    if (std::abs(value) <= 9e15) return static_cast<std::int64_t>(value);
    trouble(Error{Errc::out_of_range, fmt::format("key \"{}\": expected a whole number below 9e15", key)});
    return 0;
}

std::int64_t JsonFields::integer_or(const char* key, std::int64_t fallback) {
    return has(key) ? integer(key) : (find(key), fallback);
}

bool JsonFields::boolean(const char* key) {
    const Json* value = require(key);
    if (value == nullptr) return false;
    if (value->is_boolean()) return value->get<bool>();
    wrong_type(key, "true or false", *value);
    return false;
}

std::optional<bool> JsonFields::boolean_if(const char* key) {
    const Json* value = find(key);
    if (value == nullptr || value->is_null()) return std::nullopt;
    return boolean(key);
}

const Json* JsonFields::array(const char* key) {
    const Json* value = find(key);
    if (value == nullptr || value->is_array()) return value;
    wrong_type(key, "an array", *value);
    return nullptr;
}

const Json* JsonFields::object(const char* key) {
    const Json* value = find(key);
    if (value == nullptr || value->is_object()) return value;
    wrong_type(key, "an object", *value);
    return nullptr;
}

std::vector<std::string> JsonFields::texts(const char* key) {
    std::vector<std::string> out;
    const Json* items = array(key);
    if (items == nullptr) return out;
    for (const Json& item : *items) {
        if (!item.is_string()) {
            wrong_type(key, "texts only", item);
            break;
        }
        out.push_back(item.get<std::string>());
    }
    return out;
}

std::vector<double> JsonFields::numbers(const char* key) {
    std::vector<double> out;
    const Json* items = array(key);
    if (items == nullptr) return out;
    for (const Json& item : *items) {
        if (!item.is_number()) {
            wrong_type(key, "numbers only", item);
            break;
        }
        out.push_back(item.get<double>());
    }
    return out;
}

std::vector<std::string> JsonFields::unknown_keys() const {
    std::vector<std::string> out;
    if (object_ == nullptr) return out;
    for (const auto& item : object_->items()) {
        if (!read_.contains(item.key())) out.push_back(item.key());
    }
    return out;
}

std::string JsonFields::extra() const {
    Json rest = Json::object();
    for (const std::string& key : unknown_keys()) rest[key] = (*object_)[key];
    return rest.empty() ? std::string{} : codec::write_json(rest, -1);
}

void add_extra(Json& object, std::string_view extra) {
    if (extra.empty()) return;
    const auto rest = codec::parse_json(extra);
    if (!rest || !rest->is_object()) return;  // only JsonFields::extra makes these texts
    for (const auto& item : rest->items()) {
        if (!object.contains(item.key())) object[item.key()] = item.value();
    }
}

Json number_or_null(const std::optional<double>& number) { return number ? Json(*number) : Json(nullptr); }

}  // namespace plumb::store
