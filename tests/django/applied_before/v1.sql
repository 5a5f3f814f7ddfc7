INSERT INTO users (id, password, last_login, is_superuser, email, first_name, last_name, is_staff, is_active, created_at) VALUES
(1, '!', NULL, false, 'hanh.le1@example.org', 'Hạnh', 'Lê', false, true, '2025-08-21 12:18:00.763551'),
(2, '!', NULL, false, 'catarina.silva2@example.net', 'Catarina', 'Silva', false, true, '2025-05-25 11:17:28.711452'),
(3, '!', NULL, false, 'eleni.oikonomou3@example.net', 'Ελένη', 'Οικονόμου', false, true, '2025-11-08 05:21:03.200780'),
(4, '!', NULL, false, 'layla.qasim4@example.net', 'ليلى', 'قاسم', false, true, '2025-12-06 17:53:56.109471'),
(5, '!', NULL, false, 'vinicius.brandao5@example.net', 'Vinícius', 'Brandão', false, true, '2025-08-06 02:06:09.769431');
INSERT INTO orders (id, total, status, created_at, user_id) VALUES
(1, 92.59, 'completed', '2025-12-22 16:55:56.054645', 4),
(2, 461.28, 'completed', '2025-08-31 12:39:16.032408', 2),
(3, 10.67, 'pending', '2025-12-29 20:14:49.614757', 5),
(4, 412.1, 'completed', '2025-11-09 16:28:07.141408', 3),
(5, 12.74, 'completed', '2025-12-11 09:44:34.154796', 1),
(6, 314.33, 'completed', '2025-06-13 14:55:46.268887', 2),
(7, 139.77, 'completed', '2025-10-05 14:12:37.068889', 5),
(8, 107.1, 'processing', '2026-01-03 15:01:56.985740', 2),
(9, 16.69, 'processing', '2025-12-27 14:16:39.206482', 2),
(10, 431.92, 'completed', '2026-01-03 22:56:03.769684', 4);
INSERT INTO payments (order_id, amount, status, created_at) VALUES
(1, 92.59, 'completed', '2025-12-22 17:02:32.173874'),
(2, 461.28, 'completed', '2025-08-31 12:47:54.402016'),
(3, 10.67, 'pending', '2025-12-29 20:16:27.222977'),
(4, 412.1, 'completed', '2025-11-09 16:42:23.262237'),
(5, 12.74, 'completed', '2025-12-11 09:54:25.072161'),
(6, 314.33, 'completed', '2025-06-13 14:58:24.035026'),
(7, 139.77, 'completed', '2025-10-05 14:25:00.069334'),
(8, 107.1, 'processing', '2026-01-03 15:08:30.281951'),
(9, 16.69, 'processing', '2025-12-27 14:17:18.412295'),
(10, 431.92, 'completed', '2026-01-03 23:06:28.414734');
INSERT INTO seed_key_ranges (table_name, first_key, last_key) VALUES
('orders', 1, 10),
('payments', 1, 10),
('users', 1, 5);
INSERT INTO seed_metadata (seed_version, seeded_at, row_counts, status, digests, sample_digests, anchored_at, duration_ms, loader, error, host, pid, database_user) VALUES
('v1', '2026-11-24 17:10:32.132537', '{"users": 5, "orders": 10, "payments": 10}', 'success', '{"users": "8d2162a2d86ed4782566e4d2f2ee80b70b7b13cb1e040b7eb76e35398e05197e", "orders": "8976ba9303a16883361ad992a82c238556e28590a6bb62715ae35a7a7a8f7c74", "payments": "bdbed8ceac2c4bbc0f44faed8d0201181f73d3bc874e1c031edca8ba42d2d3b0"}', '{"users": "cbb30e18000e79851100babc3b4d93c9648d22e756166b6edc744940e3d4c999", "orders": "51b8643f4bb3eb392ba9b71fef2d90286f571aac94516feb99404d32574bab43", "payments": "1ccebaeb55aedfd0b223ff17e93d6c7e89f64b3d9910a0556ea62ee5db84bdbe"}', '2026-01-05 00:00:00', 50, 'bulk_create', '', 'before', 7, 'before');
