"""What the designer drew: safe XML, forms, expressions, lint. Pure: no HTTP, no SQL, no engine."""
