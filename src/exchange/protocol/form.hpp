#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plumb::exchange {

/// %XX is a byte, + a blank; what is no escape stays as it stands.
std::string url_decoded(std::string_view text);

/// Names and values of a query string or of a form's body, decoded, in the order they came.
class Form {
 public:
    static constexpr std::size_t kFieldsMax = 2'000;  // the rest is not looked at

    Form() = default;
    /// "a=1&b=x%20y"; a name without = has an empty value.
    explicit Form(std::string_view encoded) { add_encoded(encoded); }

    void add_encoded(std::string_view encoded);
    void add(std::string name, std::string value);

    /// The first value of this name; null when there is none.
    const std::string* find(std::string_view name) const;
    /// The first value, or nothing.
    std::string_view get(std::string_view name) const;
    bool has(std::string_view name) const { return find(name) != nullptr; }
    /// Every value of this name, also as name[].
    std::vector<std::string_view> all(std::string_view name) const;

    const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace plumb::exchange
