INSERT INTO users (id, password, last_login, is_superuser, email, first_name, last_name, is_staff, is_active, created_at) VALUES
(1, '!', NULL, false, 'hanh.le1@example.org', 'Hạnh', 'Lê', false, true, '2025-08-21 12:18:00.763551'),
(2, '!', NULL, false, 'catarina.silva2@example.net', 'Catarina', 'Silva', false, true, '2025-05-25 11:17:28.711452'),
(3, '!', NULL, false, 'eleni.oikonomou3@example.net', 'Ελένη', 'Οικονόμου', false, true, '2025-11-08 05:21:03.200780'),
(4, '!', NULL, false, 'layla.qasim4@example.net', 'ليلى', 'قاسم', false, true, '2025-12-06 17:53:56.109471'),
(5, '!', NULL, false, 'vinicius.brandao5@example.net', 'Vinícius', 'Brandão', false, true, '2025-08-06 02:06:09.769431');
INSERT INTO orders (id, total, status, created_at, user_id) VALUES
(1, 50.95, 'completed', '2025-12-06 17:56:04.256422', 4),
(2, 212.5, 'completed', '2025-09-16 19:42:45.987695', 2),
(3, 39.98, 'completed', '2025-08-06 03:37:47.335325', 5),
(4, 169.44, 'completed', '2025-11-08 05:29:58.098953', 3),
(5, 22.95, 'completed', '2025-12-06 20:36:40.756157', 1),
(6, 98.99, 'completed', '2025-08-01 18:53:57.022691', 2),
(7, 80.98, 'completed', '2025-11-10 17:06:01.713981', 5),
(8, 52.95, 'completed', '2025-06-15 15:18:25.803088', 2),
(9, 49.9, 'completed', '2025-08-27 17:15:26.738827', 2),
(10, 178.5, 'completed', '2026-01-02 20:49:45.947144', 1);
INSERT INTO payments (order_id, amount, status, created_at) VALUES
(1, 50.95, 'completed', '2025-12-06 18:02:40.375650'),
(2, 212.5, 'completed', '2025-09-16 19:51:24.357302'),
(3, 39.98, 'completed', '2025-08-06 03:39:24.943544'),
(4, 169.44, 'completed', '2025-11-08 05:44:14.219781'),
(5, 22.95, 'completed', '2025-12-06 20:46:31.673521'),
(6, 98.99, 'completed', '2025-08-01 18:56:34.788829'),
(7, 80.98, 'completed', '2025-11-10 17:18:24.714425'),
(8, 52.95, 'completed', '2025-06-15 15:24:59.099298'),
(9, 49.9, 'completed', '2025-08-27 17:16:05.944639'),
(10, 178.5, 'completed', '2026-01-02 21:00:10.592193');
INSERT INTO seed_key_ranges (table_name, first_key, last_key) VALUES
('orders', 1, 10),
('payments', 1, 10),
('users', 1, 5);
INSERT INTO seed_metadata (seed_version, seeded_at, row_counts, status, digests, sample_digests, anchored_at, duration_ms, loader, error, host, pid, database_user) VALUES
('v1', '2026-11-24 17:10:32.132537', '{"users": 5, "orders": 10, "payments": 10}', 'success', '{"users": "8d2162a2d86ed4782566e4d2f2ee80b70b7b13cb1e040b7eb76e35398e05197e", "orders": "8976ba9303a16883361ad992a82c238556e28590a6bb62715ae35a7a7a8f7c74", "payments": "bdbed8ceac2c4bbc0f44faed8d0201181f73d3bc874e1c031edca8ba42d2d3b0"}', '{"users": "cbb30e18000e79851100babc3b4d93c9648d22e756166b6edc744940e3d4c999", "orders": "51b8643f4bb3eb392ba9b71fef2d90286f571aac94516feb99404d32574bab43", "payments": "1ccebaeb55aedfd0b223ff17e93d6c7e89f64b3d9910a0556ea62ee5db84bdbe"}', '2026-01-05 00:00:00', 50, 'bulk_create', '', 'before', 7, 'before');
