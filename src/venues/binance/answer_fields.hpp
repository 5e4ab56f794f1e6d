#pragma once

#include <simdjson.h>

#include <optional>
#include <string_view>

#include "wire/json_tokens.hpp"
#include "wire/wire_event.hpp"

namespace plumb::venues::binance {

/// Members of an object of an answer, as values; remembers the first thing wrong, and gives zeros from then
/// on. Included by readers' .cpp only, for simdjson's sake.
class AnswerFields {
 public:
    using Element = simdjson::dom::element;

    explicit AnswerFields(Element element) {
        if (element.get_object().get(object_) != simdjson::SUCCESS) refuse("expected an object", {});
    }

    bool has(std::string_view name) const {
        Element found;
        return !refused_ && object_.at_key(name).get(found) == simdjson::SUCCESS && !found.is_null();
    }
    std::string_view text(std::string_view name) {
        std::string_view text;
        Element found;
        if (take(name, found) && found.get_string().get(text) != simdjson::SUCCESS)
            refuse("expected text in quotes", name);
        return text;
    }
    std::uint64_t number(std::string_view name) {
        std::uint64_t number = 0;
        Element found;
        if (take(name, found) && found.get_uint64().get(number) != simdjson::SUCCESS)
            refuse("expected a whole number without quotes", name);
        return number;
    }
    bool truth(std::string_view name) {
        bool truth = false;
        Element found;
        if (take(name, found) && found.get_bool().get(truth) != simdjson::SUCCESS)
            refuse("expected true or false", name);
        return truth;
    }
    std::optional<bool> maybe_truth(std::string_view name) {
        return has(name) ? std::optional{truth(name)} : std::nullopt;
    }
    Timestamp time(std::string_view name) {
        const std::uint64_t count = number(name);
        const std::optional<Timestamp> time = wire::time_of_number(count);
        if (!time || count == 0) refuse("expected a time since 1970", name);
        return time.value_or(Timestamp{});
    }
    Decimal decimal(std::string_view name) {
        const std::string_view digits = text(name);
        if (refused_) return {};
        const Result<Decimal> value = Decimal::parse(digits);
        if (!value || wire::kQuantityMax < value->abs()) refuse("expected a decimal number in quotes", name);
        return refused_ ? Decimal{} : *value;
    }
    Decimal not_negative(std::string_view name) {
        const Decimal value = decimal(name);
        if (value.sign() < 0) refuse("expected a number not below zero", name);
        return value;
    }
    /// Within the band of prices; absent where zero.
    std::optional<Price> price_if_any(std::string_view name) {
        const Decimal value = not_negative(name);
        if (wire::kPriceMax < value) refuse("the number is larger than any market's", name);
        return value.is_zero() ? std::nullopt : std::optional{Price{value}};
    }
    template <std::size_t Capacity>
    FixedText<Capacity> fixed(std::string_view name) {
        const std::string_view found = text(name);
        if (FixedText<Capacity>::fits(found)) return FixedText<Capacity>{found};
        refuse("the text is longer than the venue promises", name);
        return {};
    }
    std::optional<Element> child(std::string_view name) const {
        Element found;
        if (refused_ || object_.at_key(name).get(found) != simdjson::SUCCESS) return std::nullopt;
        return found;
    }

    void refuse(const char* reason, std::string_view name) {
        if (!refused_) refused_ = wire::Refused{reason, name.substr(0, 24), 0};
    }
    bool ok() const { return !refused_; }
    const wire::Refused& refused() const { return *refused_; }

 private:
    bool take(std::string_view name, Element& found) {
        if (refused_) return false;
        if (object_.at_key(name).get(found) == simdjson::SUCCESS) return true;
        refuse("a key is missing", name);
        return false;
    }

    simdjson::dom::object object_;
    std::optional<wire::Refused> refused_;
};

}  // namespace plumb::venues::binance
